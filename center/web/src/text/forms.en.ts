// The sentences that every form says, in English.
import type { FormWords } from "./forms.vi";

export const en: FormWords = {
  save: "Save",
  saved: "Saved",
  cancel: "Cancel",
  back: "Back",
  edit: "Edit",
  remove: "Remove",
  more: "Show more",
  yes: "Yes",
  no: "No",
  optional: "optional",
  working: "Working…",
  required: "Please fill in this field.",
  unreachable: "The centre cannot be reached. What you typed is still here; please try again in a moment.",
  signedOut: "Your session has ended. Sign in on a new tab, come back and press again; what you typed is still here.",
  signIn: "Open the sign-in page",
  retry: "Try again",
  drop: {
    choose: "Choose a file…",
    or: "or drop it here",
    tooLarge: (name, limit) => `${name} is larger than ${limit}; please split or compress it.`,
    wrongKind: (name, kinds) => `${name} is not the right kind of file; this needs ${kinds}.`,
  },
  sending: (part) => `Uploading: ${part}`,
  camera: {
    insecure: "Browsers allow the camera only over https. Open this page over https.",
    refused: "The browser does not allow the camera. Allow it by the sign beside the address, and open this again.",
    missing: "No camera was found. Plug one in and try again.",
  },
  confirm: {
    type: (word) => `Type “${word}” to confirm`,
    differs: (word) => `Not the same yet. Please type “${word}” (marks and capitals do not matter).`,
  },
  forbidden: "This account may only look. Please sign in as an operator or an administrator.",
};
