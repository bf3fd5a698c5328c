// fields, a button → a form's elements. No markup is ever made from text.

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: "text" | "password";
  readonly autocomplete: AutoFill;
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  children: readonly Node[] = [],
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export interface Form {
  readonly node: HTMLFormElement;
  say(sentence: string, bad: boolean): void;
}

export function form(
  fields: readonly Field[],
  button: string,
  submit: (values: Readonly<Record<string, string>>) => Promise<void>,
): Form {
  const message = element("p", { className: "message", role: "alert" });
  const send = element("button", { type: "submit", className: "send", textContent: button });
  const inputs = fields.map(({ name, type, autocomplete }) =>
    element("input", { name, type, autocomplete, required: true, spellcheck: false, id: name }),
  );
  const rows = fields.map((field, index) => {
    const input = inputs[index];
    const label = element("label", { htmlFor: field.name, textContent: field.label });
    return element("div", { className: "field" }, input ? [label, input] : [label]);
  });
  const node = element("form", { noValidate: true }, [...rows, message, send]);
  const say = (sentence: string, bad: boolean) => {
    message.textContent = sentence;
    message.classList.toggle("bad", bad);
  };
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    send.disabled = true;
    const values = Object.fromEntries(inputs.map((input) => [input.name, input.value]));
    void submit(values).finally(() => (send.disabled = false));
  });
  queueMicrotask(() => inputs[0]?.focus());
  return { node, say };
}
