// files somebody chose or dropped → those of the right kind and size, and one sentence for each of the others.
import type { FormWords } from "../text/forms.vi";

export interface Wanted {
  /** Endings with their dot, small. */
  readonly endings: readonly string[];
  readonly most: number;
  /** What people read of the kinds. */
  readonly kinds: string;
}

export interface Sorted {
  readonly taken: readonly File[];
  readonly left: readonly string[];
}

export function sorted(files: readonly File[], wanted: Wanted, words: FormWords): Sorted {
  const taken: File[] = [];
  const left: string[] = [];
  for (const file of files) {
    const name = file.name.toLowerCase();
    if (!wanted.endings.some((ending) => name.endsWith(ending)))
      left.push(words.drop.wrongKind(file.name, wanted.kinds));
    else if (file.size > wanted.most) left.push(words.drop.tooLarge(file.name, sizeText(wanted.most)));
    else taken.push(file);
  }
  return { taken, left };
}

export function sizeText(bytes: number): string {
  const mebi = bytes / 2 ** 20;
  if (mebi >= 1024) return `${Math.round(mebi / 1024)} GB`;
  return mebi >= 1 ? `${Math.round(mebi)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`;
}
