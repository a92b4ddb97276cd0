/** Who may approve, as a plan names them: `@login`, or `@organization/team`. */
export const approver = /^@[A-Za-z0-9][\w-]*(\/[\w.-]+)?$/;
export const noApprover = "is nobody; write `@login` or `@organization/team`";

export const isTeam = (name: string): boolean => name.includes("/");
