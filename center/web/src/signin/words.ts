// The sentences of the sign-in page, Vietnamese and English.

const vi = {
  code: "vi",
  pageTitle: "Đăng nhập – Trung tâm điều hành",
  title: "Trung tâm điều hành",
  subtitle: "Đăng nhập để xem màn hình giám sát",
  account: "Tài khoản",
  password: "Mật khẩu",
  signIn: "Đăng nhập",
  working: "Đang kiểm tra…",
  changeTitle: "Đổi mật khẩu",
  changeSubtitle: "Mật khẩu này chỉ dùng một lần. Vui lòng đặt mật khẩu mới để tiếp tục.",
  current: "Mật khẩu hiện tại",
  fresh: "Mật khẩu mới",
  again: "Nhập lại mật khẩu mới",
  change: "Đổi mật khẩu",
  signOut: "Đăng xuất",
  different: "Hai lần nhập mật khẩu mới không giống nhau. Vui lòng nhập lại.",
  empty: "Vui lòng nhập đủ các ô.",
  unreachable: "Không kết nối được với trung tâm. Vui lòng thử lại sau giây lát.",
  wall: "Đang mở màn hình…",
  wallRefused: "Liên kết màn hình không còn hiệu lực. Vui lòng đăng nhập hoặc xin liên kết mới.",
  other: "English",
};

export type Words = typeof vi;

const en: Words = {
  code: "en",
  pageTitle: "Sign in – Operations centre",
  title: "Operations centre",
  subtitle: "Sign in to see the wall",
  account: "Account",
  password: "Password",
  signIn: "Sign in",
  working: "Checking…",
  changeTitle: "Change the password",
  changeSubtitle: "This password works only once. Please choose a new one to go on.",
  current: "Present password",
  fresh: "New password",
  again: "New password again",
  change: "Change the password",
  signOut: "Sign out",
  different: "The two new passwords differ. Please type them again.",
  empty: "Please fill in every field.",
  unreachable: "The centre cannot be reached. Please try again in a moment.",
  wall: "Opening the wall…",
  wallRefused: "The link of this wall is no longer valid. Please sign in or ask for a new link.",
  other: "Tiếng Việt",
};

const KEY = "wardroom.language";

export function spoken(): Words {
  return localStorage.getItem(KEY) === "en" ? en : vi;
}

export function speakOther(): void {
  localStorage.setItem(KEY, spoken().code === "vi" ? "en" : "vi");
}
