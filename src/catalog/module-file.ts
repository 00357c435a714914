/** Whether the name of a provider of the user's own is that of a file rather than of a package. */
export function isModuleFile(name: string): boolean {
  return isPath(name) || /\.[cm]?js$/i.test(name);
}

/** Whether it cannot be that of a package. */
export function isPath(name: string): boolean {
  return /^(\.{1,2}[/\\]|[/\\]|[a-z]:[/\\]|file:)/i.test(name);
}
