// The sentences of a welcome screen, in Vietnamese. English has the same keys.

export const vi = {
  title: "Màn hình chào",
  /** As an occasion's own wording: the line with {name} is the large one, a line without anything to say is left out. */
  greeting: "Trân trọng chào mừng {title}|{name}|{position}|{unit}|Ghế {seat}",
  idle: "Kính chào quý đại biểu",
  rehearsal: "Diễn tập",
  lost: "Đang kết nối lại",
  noGate: (gate: string) =>
    `Không có cổng nào tên “${gate}”. Vui lòng kiểm tra lại địa chỉ của màn hình này ở trang Sự kiện.`,
  closed: (occasion: string) => `Sự kiện “${occasion}” đã kết thúc.`,
  refused: "Màn hình này không còn được phép mở. Vui lòng xin liên kết mới.",
  weekdays: ["Chủ Nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"] as readonly string[],
  date: (day: number, month: number, year: number) => `ngày ${day} tháng ${month} năm ${year}`,
};

export type WelcomeWords = typeof vi;
