/** Which filters a part of a sum stands for. Pure. */

/**
 * Fields of an address that let nothing through but this part, as far as filters can say it.
 *
 * @param by What it is a part of: `model`, `project`
 * @returns undefined where there is no such filter, as for projects that are not named
 */
export function filterOfPart(by: string, key: string): Readonly<Record<string, string>> | undefined {
  switch (by) {
    case "model": {
      // A provider has no slash in its name; a model may.
      const at = key.indexOf("/");
      return at < 0 ? { model: key } : { provider: key.slice(0, at), model: key.slice(at + 1) };
    }
    case "provider":
    case "source":
      return { [by]: key };
    case "project":
      return key.startsWith("(") ? undefined : { project: key };
    default:
      return undefined;
  }
}
