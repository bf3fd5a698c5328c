// the center's sentence → the field it speaks of, and the sentence with the name that people read for that field.

export interface Placed {
  /** The field's name in the request, null where the sentence is of the whole. */
  readonly field: string | null;
  readonly sentence: string;
}

/** `labels`: what people read for each field of the request that was refused. */
export function placed(sentence: string, labels: Readonly<Record<string, string>>): Placed {
  for (const [field, label] of Object.entries(labels)) {
    const name = new RegExp(`(^|Thiếu\\s+)(?:body\\.)?${field}(?=[:\\s;.]|$)`, "u");
    if (!name.test(sentence)) continue;
    const said = sentence.replace(name, (_, before: string) => (before ? `${before}“${label}”` : label));
    return { field, sentence: said };
  }
  return { field: null, sentence };
}
