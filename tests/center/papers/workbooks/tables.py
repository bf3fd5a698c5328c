"""The lists that LibreOffice makes files of, as organisers write them. Invented names."""

import unicodedata
from collections.abc import Mapping, Sequence
from types import EllipsisType
from typing import Final

from tests.center.papers.workbooks.cells import Cell, Formula, Hidden, Merged, Number

Line = tuple[Cell | EllipsisType, ...] | Hidden
Sheets = Mapping[str, Sequence[Line]]
ALL = ...

_TITLE: Final = Merged("DANH SÁCH ĐẠI BIỂU DỰ ĐẠI HỘI (MẪU)", 9)
_COVERED: Final = (ALL,) * 8
_UNIT: Final = Merged("Chi bộ 1", rows=2)
_DELEGATION: Final = Merged("Đoàn số 1", rows=3)

CONGRESS: Final[Sheets] = {
    "Hướng dẫn": ((Merged("Điền vào trang Danh sách", 3), ALL, ALL),),
    "Danh sách": (
        (_TITLE, *_COVERED),
        (Merged("Ngày 26 tháng 11 năm 2026, hội trường lớn", 9), *_COVERED),
        (),
        (
            Merged("STT", rows=2),
            Merged("Danh xưng", rows=2),
            Merged("Họ và tên", 2, 2),
            ALL,
            Merged("Công tác", 2),
            ALL,
            Merged("Đoàn", rows=2),
            Merged("Số ghế", rows=2),
            Merged("Mã thẻ", rows=2),
            Merged("Ngày sinh", rows=2),
        ),
        (ALL, ALL, ALL, ALL, "Chức vụ", "Đơn vị", ALL, ALL, ALL, ALL),
        (
            1,
            "Ông",
            "NGUYỄN VĂN",
            "AN",
            "Bí thư  chi bộ",
            Merged("Chi bộ 1", rows=2),
            Merged("Đoàn số 1", rows=3),
            12,
            Number(7),
            "03/02/1975",
        ),
        (2, "Bà", "Trần Thị", "Mỹ Duyên", "Phó bí thư", ALL, ALL, "A-13", "00042", "1/9/80"),
        (3, "bà", unicodedata.normalize("NFD", "LÊ THỊ"), unicodedata.normalize("NFD", "ÁNH"), "Đảng viên", "Chi bộ 2", ALL, 14.0, "", ""),
        Hidden((4, "Ông", "Phạm Văn", "Bình", "Đảng viên", "Chi bộ 2", "Đoàn số 1", 15, "", "")),
        (),
        (4, "Ông", "Hoàng", "Văn Cường", "Đảng viên", "Chi bộ 3", "Đoàn số 2", 16, "", "20-10-1990"),
        (5, "Ông", "hoàng", "văn cường", "Đảng viên", "CHI BỘ 3", "Đoàn số 2", "", "", ""),
        (6, "", "H'HEN", "NIÊ", "Đảng viên", "Chi bộ 3", "Đoàn số 2", 17, "", ""),
        (Merged("Tổng cộng: 6 đại biểu", 4), ALL, ALL, ALL, "", "", "", Formula("of:=COUNT([.H6:.H13])"), "", ""),
        ("", "", "", "", Merged("Ngày 20 tháng 11 năm 2026", 3), ALL, ALL),
        ("", "", "NGƯỜI LẬP BIỂU"),
        ("", "", "Vũ Thị Hoa"),
    ),
    "Khách mời": (("Họ và tên", "Đơn vị"), ("Đặng Văn Giang", "Hội đồng nhân dân")),
}

GROUPS: Final[Sheets] = {
    "Sheet1": (
        (Merged("DANH SÁCH MỜI HỌP", 4), ALL, ALL, ALL),
        ("TT", "Họ và tên / Full name", "Chức vụ, đơn vị công tác", "Ghi chú"),
        ("(1)", "(2)", "(3)", "(4)"),
        (Merged("I. Tổ dân phố số 1 (2 đại biểu)", 4), ALL, ALL, ALL),
        (1, "Ông Nguyễn Văn Dũng", "Tổ trưởng", ""),
        (2, "Bà Phạm Thị Hạnh", "Tổ phó", ""),
        ("TT", "Họ và tên / Full name", "Chức vụ, đơn vị công tác", "Ghi chú"),
        ("II", "Tổ dân phố số 2", "", ""),
        (3, "Ông Ông Văn Kiên", "Tổ trưởng", "vắng buổi chiều"),
        (4, "Đ/c Tống Thị Lan", "Tổ phó", ""),
        (5, "", "", ""),
        ("", "", "Cộng: 4 người", ""),
    )
}

FAULTS: Final[Sheets] = {
    "Danh sách": (
        ("STT", "Ho va ten", "Chuc vu", "Don vi", "So ghe", "Ma QR", "Ten tep anh", "So dien thoai", "Ghi chu"),
        (1, "Nguyễn Văn Minh", Formula("of:=NA()"), "UBND phường", 1, "", "", "", ""),
        (2, "", "Chuyên viên", "UBND phường", 2, "", "", "", ""),
        (3, "Lê Thị Nga", "Chuyên viên", "UBND phường", 3, "CODE-0000001", "nga.jpg", "090", Formula("of:=1/0")),
        (4, "Lê Văn Oanh", "Chuyên viên", "UBND phường", 4, "CODE-0000001", "", "", ""),
        (5, "Trần Văn Phúc", "Chuyên viên", "UBND phường", 3, "", "", "", ""),
        (6, Formula('of:=CONCATENATE("Đỗ ";"Thị Quyên")'), "Chuyên viên", "UBND phường", 6, "", "", "", ""),
        (7, "NguyÔn V¨n S¬n", "Chuyên viên", "UBND phường", 7, "", "", "", ""),
        (8, "Vũ Thị \u202eTâm\u202c", "=1+1", "UBND phường", 8, "12", "", "", ""),
        (9, "Bùi Văn Uy", "x" * 201, "UBND phường", 9, "", "", "", ""),
        (10, "Bùi Văn Vinh", "@SUM(1)", "-UBND", "Hàng đầu", "", "", "", ""),
        (11, "Bùi Văn Xuân", "", "", "Hàng đầu", "", "", "", ""),
        (12, "12345", "Chuyên viên", "UBND phường", 12, "", "", "", ""),
    )
}

NO_NAME: Final[Sheets] = {"Danh sách": (("STT", "Chức vụ", "Đơn vị", "Ghế"), (1, "Chuyên viên", "UBND phường", 3))}
NAME_HIDDEN: Final[Sheets] = {"Cột ẩn": (("Chức vụ", "Họ và tên", "Đơn vị"), ("Chuyên viên", "Lê Văn An", "UBND phường"))}
NO_HEADER: Final[Sheets] = {"Trang 1": (("Lê Văn An", 3), ("Lê Văn Bình", 4)), "Trang 2": ()}
EMPTY: Final[Sheets] = {"Danh sách": (("Họ và tên", "Đơn vị"), ("", ""))}
PLAIN: Final[Sheets] = {"Danh sách": (("Name", "Organisation", "Seat no."), ("Lê Văn An", "Chi bộ 1", "A1"))}
LONELY: Final[Sheets] = {"Danh sách": (("Họ tên",), ("Lê Văn An",), ("Trần Thị Bình",))}

HIDDEN_COLUMNS: Final[Mapping[str, frozenset[int]]] = {"Cột ẩn": frozenset({1})}
WORKBOOKS: Final[Mapping[str, Sheets]] = {
    "congress": CONGRESS,
    "groups": GROUPS,
    "faults": FAULTS,
    "no_name": NO_NAME,
    "name_hidden": NAME_HIDDEN,
    "no_header": NO_HEADER,
    "empty": EMPTY,
    "plain": PLAIN,
    "lonely": LONELY,
}
