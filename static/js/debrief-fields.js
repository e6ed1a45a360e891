// The fields of the form by their names in the draft: one input, several radios, or several boxes
// whose chosen values stand one per line.

export function idOf(name) {
  return name.replaceAll(".", "-");
}

export function choicesOf(form, name) {
  const field = form.elements[name];
  return field instanceof RadioNodeList ? [...field].filter((each) => each.type !== "hidden") : [];
}

export function readField(form, name) {
  const field = form.elements[name];
  if (!field) return "";
  if (field instanceof RadioNodeList) return choicesOf(form, name).filter((each) => each.checked).map((each) => each.value).join("\n");
  return "number" in field.dataset ? plainNumber(field.value) : field.value;
}

// What is shown of a value; the input itself when it is one.
export function writeField(form, name, value) {
  const field = form.elements[name];
  if (field instanceof RadioNodeList) {
    const chosen = value.split("\n");
    for (const choice of choicesOf(form, name)) choice.checked = chosen.includes(choice.value);
  } else if (field) {
    field.value = value;
  }
}

// A number without what groups its digits, as the server keeps it; anything else as it stands.
export function plainNumber(text) {
  const plain = text.replace(/\s|,(?=\d{3}(?!\d))/g, "");
  return /^-?\d+(\.\d+)?$/.test(plain) ? plain : text;
}
