import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/**
 * A shell, because it starts in a millisecond and weighs a hundred times less than a second Node.
 *
 * It waits until the other end of its standard input is closed, which the kernel does however this process ends. Then
 * it ends every process that works in the first directory, and removes all directories. Processes are recognised by
 * their working directory and not by numbers written down somewhere: there is no moment between the start of a process
 * and the note about it, a backend or a child of initdb is found too, and a number that was given away again is never
 * hit. A postmaster gets SIGQUIT first; what SIGKILL leaves (System V and POSIX shared memory) is removed by creator.
 */
const script = `
trap '' HUP INT QUIT TERM
working() {
  if [ -e /proc/self/cwd ]; then
    ls -ldn /proc/[0-9]*/cwd 2>/dev/null | grep -F -e " -> $1" | while read -r line; do
      case $line in
        *" -> $1" | *" -> $1/"* | *" -> $1 (deleted)") line=\${line##*" /proc/"}; echo "\${line%%/*}" ;;
      esac
    done
  else
    pgrep -f "(postgres|initdb) .*$1"
  fi
}
alive() {
  if [ -e /proc/self/cwd ]; then [ -e "/proc/$1/cwd" ]; else kill -0 "$1"; fi
}
reap() {
  turns=0 ended= memory= postmaster=
  [ ! -f "$1/data/postmaster.pid" ] || read -r postmaster <"$1/data/postmaster.pid"
  case " $(echo $(working "$1")) " in
    *" \${postmaster:-none} "*)
      kill -QUIT "$postmaster"
      while [ $turns -lt 50 ] && alive "$postmaster"; do sleep 0.02; turns=$((turns + 1)); done ;;
  esac
  postmaster=\${postmaster#-} # initdb's PostgreSQL, which serves nobody, writes its number so, and is killed below
  while found=$(echo $(working "$1")); [ -n "$found" ] && [ $turns -lt 300 ]; do
    kill -STOP $found
    for pid in $found; do
      memory="$memory $(sed -n 's#^.* \\(/dev/shm/PostgreSQL\\.[0-9]*\\).*$#\\1#p' "/proc/$pid/maps" | sort -u)"
    done
    kill -KILL $found
    ended="$ended $found"
    sleep 0.01
    turns=$((turns + 1))
  done
  [ -z "$memory" ] || rm -f $memory
  [ ! -r /proc/sysvipc/shm ] || while read -r key id mode size creator last attached rest; do
    case " $postmaster $ended " in
      *" $creator "*) [ "$attached" != 0 ] || ipcrm -m "$id" ;;
    esac
  done </proc/sysvipc/shm
}
word=
read -r word
[ "$word" = idle ] || reap "$1"
rm -rf "$@"
[ "$word" = idle ] || [ -z "$(working "$1")" ] || { reap "$1"; rm -rf "$@"; }
`;

/** Ends what was started in some directories, and removes them, when this process ends or says so. */
export interface Watchdog {
  /** Ends every process that works in the first directory, and removes them all. Resolves when nothing is left. */
  end(): Promise<void>;
  /** As `end`, where no process can be left. */
  endIdle(): Promise<void>;
}

/**
 * Starts watching before anything is made. The directories have to be real paths, and need not exist yet; whatever is
 * started has to have the first one, or a directory inside it, as its working directory.
 */
export function watch(directories: readonly [string, ...string[]]): Watchdog {
  const child = start(directories, "pipe");
  const { stdin } = child;
  stdin?.on("error", () => {
    // It was killed; `end` sees that by its exit.
  });
  if (stdin !== null && "unref" in stdin && typeof stdin.unref === "function") stdin.unref();
  child.unref();

  let ending: Promise<void> | undefined;
  const finish = async (word: "" | "idle"): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.ref();
      stdin?.end(`${word}\n`);
      await once(child, "exit");
    }
    if (child.exitCode !== 0) await reap(directories);
  };
  const end = (word: "" | "idle"): Promise<void> => {
    ending ??= finish(word);
    return ending;
  };
  return { end: () => end(""), endIdle: () => end("idle") };
}

/** Does at once what a watchdog does at the end of its process; for what an earlier run left. */
export async function reap(directories: readonly [string, ...string[]], as: RunAs = {}): Promise<void> {
  await once(start(directories, "ignore", as), "exit");
}

interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

function start(directories: readonly string[], stdin: "pipe" | "ignore", as: RunAs = {}): ChildProcess {
  const child = spawn("/bin/sh", ["-c", script, "phasegate-watchdog", ...directories], {
    ...as,
    cwd: "/",
    env: { PATH: `${process.env.PATH ?? ""}:/usr/sbin:/usr/bin:/sbin:/bin`, LC_ALL: "C" },
    detached: true,
    stdio: [stdin, "ignore", "ignore"],
  });
  if (child.pid === undefined)
    throw new Error("/bin/sh cannot be started, and without it a crash would leave PostgreSQL running.");
  return child;
}
