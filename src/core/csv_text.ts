/** CSV as RFC 4180 (October 2005) has it. */

/** Records of fields, each record ended by CR LF. A field is between quotes where it holds a quote, a comma or a line end. */
export function csvText(records: readonly (readonly string[])[]): string {
  return records.map((fields) => `${fields.map(csvField).join(",")}\r\n`).join("");
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
