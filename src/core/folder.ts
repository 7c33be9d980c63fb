/**
 * When two paths mean one folder, by their text alone: logs may come from another machine than this one.
 *
 * A path that begins with a drive letter or two backslashes is one of Windows: its letters mean the same in either case,
 * so do its slashes, and `\\?\` before it says nothing. Of every path separators at the end do not count.
 */

/** `C:\…`, `C:/…`, `C:` and `\\server\share`. */
export function isWindowsPath(path: string): boolean {
  return /^([A-Za-z]:([/\\]|$)|\\\\)/.test(path);
}

/** A folder as it is usually written: `C:\Users\kim`, `/home/kim`. */
export function folderName(path: string): string {
  if (!isWindowsPath(path)) return path.replace(/(?<=.)\/+$/, "");
  const plain = path.replaceAll("/", "\\").replace(/^\\\\\?\\UNC\\/i, "\\\\").replace(/^\\\\\?\\/, "");
  const name = plain.replace(/(?<=[^\\])\\+$/, "").replace(/^[a-z]:/, (drive) => drive.toUpperCase());
  return /^[A-Z]:$/.test(name) ? `${name}\\` : name;
}

/** The same text for every path of a folder. */
export function folderKey(path: string): string {
  const name = folderName(path);
  return isWindowsPath(name) ? name.toLowerCase() : name;
}

/** What follows a folder in the path of itself (nothing), or of what lies below it; undefined for other paths. */
export function restBelow(path: string, folder: string): string | undefined {
  const [name, above] = [folderName(path), folderName(folder)];
  const [key, start] = [folderKey(path), folderKey(folder)];
  if (key === start) return "";
  if (!key.startsWith(start)) return undefined;
  // A root ends with its separator.
  if (/[/\\]$/.test(start)) return name.slice(above.length - 1);
  return key[start.length] === (isWindowsPath(name) ? "\\" : "/") ? name.slice(above.length) : undefined;
}
