// The sentences around every organiser's page, in Vietnamese. English has the same keys.

export const vi = {
  code: "vi" as "vi" | "en",
  pages: { wall: "Điều hành", checkin: "Đón tiếp", people: "Hồ sơ", events: "Sự kiện" },
  ward: "Trung tâm điều hành",
  otherLanguage: "English",
  otherLanguageShort: "EN",
  states: { draft: "Bản nháp", rehearsal: "Đang diễn tập", open: "Đang mở", closed: "Đã đóng" },
  signOut: "Đăng xuất",
  menu: "Các trang",
  forOrganisers:
    "Trang này dành cho ban tổ chức. Tài khoản đang dùng chỉ được xem màn hình điều hành và màn hình chào.",
  toWall: "Mở màn hình điều hành",
  unreachable: "Chưa kết nối được với trung tâm. Hệ thống đang tự thử lại.",
  close: "Đóng",
  cancel: "Hủy",
  weekdays: ["Chủ Nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"] as readonly string[],
  date: (day: number, month: number, year: number) => `${day}/${month}/${year}`,
};

export type FrameWords = typeof vi;
