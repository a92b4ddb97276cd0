/** Settings of a server that lives for one run: no durability, nothing in the background, the same answers everywhere. */
export function settingsFor(major: number): Readonly<Record<string, string>> {
  return {
    listen_addresses: "",
    port: "5432",
    fsync: "off",
    full_page_writes: "off",
    synchronous_commit: "off",
    wal_level: "minimal",
    max_wal_senders: "0",
    archive_mode: "off",
    autovacuum: "off",
    max_logical_replication_workers: "0",
    jit: "off",
    checkpoint_timeout: "1h",
    max_wal_size: "1GB",
    shared_buffers: "32MB",
    huge_pages: "off",
    dynamic_shared_memory_type: "mmap", // files in the data directory: nothing can be left in /dev/shm
    timezone: "UTC",
    log_timezone: "UTC",
    log_min_messages: "log", // without the errors that suites provoke
    log_checkpoints: "off",
    logging_collector: "off",
    log_destination: "stderr",
    restart_after_crash: "off", // a run must not go on after a crash as if nothing had been
    update_process_title: "off",
    ...(major >= 16 ? { scram_iterations: "1" } : {}),
    ...(major >= 18 ? { io_method: "sync", file_copy_method: "clone" } : {}),
  };
}
