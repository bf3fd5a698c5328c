// The sentences that every form says, in Vietnamese. English has the same keys.

export const vi = {
  save: "Lưu",
  saved: "Đã lưu",
  cancel: "Thôi",
  back: "Quay lại",
  edit: "Sửa",
  remove: "Xóa",
  more: "Xem thêm",
  yes: "Có",
  no: "Không",
  optional: "không bắt buộc",
  working: "Đang xử lý…",
  required: "Vui lòng điền ô này.",
  unreachable: "Không kết nối được với trung tâm. Những gì đã nhập vẫn còn đây; vui lòng thử lại sau giây lát.",
  signedOut: "Phiên làm việc đã hết. Hãy đăng nhập ở thẻ mới rồi quay lại đây bấm lại; những gì đã nhập vẫn còn.",
  signIn: "Mở trang đăng nhập",
  retry: "Thử lại",
  drop: {
    choose: "Chọn tệp…",
    or: "hoặc kéo thả vào đây",
    tooLarge: (name: string, limit: string) => `${name} lớn hơn ${limit}; hãy chia nhỏ hoặc nén lại.`,
    wrongKind: (name: string, kinds: string) => `${name} không đúng loại tệp; ở đây cần ${kinds}.`,
  },
  sending: (part: string) => `Đang tải lên: ${part}`,
  camera: {
    insecure: "Trình duyệt chỉ cho dùng máy ảnh khi trang mở bằng https. Hãy mở trang này bằng địa chỉ https.",
    refused: "Trình duyệt không cho dùng máy ảnh. Hãy bấm biểu tượng cạnh thanh địa chỉ để cho phép rồi mở lại.",
    missing: "Không tìm thấy máy ảnh nào. Hãy cắm máy ảnh rồi thử lại.",
  },
  confirm: {
    type: (word: string) => `Gõ “${word}” để xác nhận`,
    differs: (word: string) => `Chưa khớp. Hãy gõ đúng “${word}” (không cần dấu, không phân biệt chữ hoa).`,
  },
  forbidden: "Tài khoản này chỉ được xem. Hãy đăng nhập bằng tài khoản của người vận hành hoặc quản trị.",
};

export type FormWords = typeof vi;
