"""Lists into an occasion, on a real database."""

import asyncio
from pathlib import Path

import pytest
import uuid6

from center.occasions import badges
from center.occasions.states import State
from center.papers import imports, store
from center.papers.models import ImportIn, ImportState
from tests.center.occasions.hall import BY, Hall
from tests.center.occasions.seen import face, results, settle
from tests.center.papers.desk import Desk, counts, rows
from wardroom.errors import CheckInError

pytestmark = pytest.mark.servers

CONGRESS = (Path(__file__).parent / "workbooks" / "congress.xlsx").read_bytes()
LIST = (
    "Ông;Nguyễn Văn An;Bí thư;Chi bộ 1;Đoàn 1;A1;;an.jpg",
    "Bà;Lê Thị Ánh;Đảng viên;Chi bộ 2;Đoàn 1;A2;;",
    ";Vũ Văn Bằng;;Chi bộ 2;Đoàn 2;;;",
)


async def test_a_dry_run_stores_nothing_and_its_commit_stores_everybody_with_person_list_and_a_code_of_their_own(desk: Desk) -> None:
    read = await desk.read(CONGRESS)

    assert (read.state, read.rows, counts(read)) == (ImportState.READY, 6, (5, 0, 0, 0))
    assert await desk.table() == []

    stored = await desk.rest(desk.room.imports.commit(BY, read.id).id)

    assert (stored.state, counts(stored)) == (ImportState.DONE, (5, 0, 0, 0))
    assert [row[1] for row in await desk.table()] == ["H'Hen Niê", "Hoàng Văn Cường", "Lê Thị Ánh", "Nguyễn Văn An", "Trần Thị Mỹ Duyên"]
    assert (
        await desk.count("SELECT count(*) FROM person p JOIN delegate d ON d.person = p.id AND d.plain = p.plain AND d.name = p.name") == 5
    )
    assert await desk.count(f"SELECT count(*) FROM list_entry WHERE list = '{desk.hall.list}'") == 5
    for made, digest, sealed in await desk.table("id, badge_digest, badge_sealed"):
        assert badges.digest(desk.room.vault.open(badges.SEALED_AS, str(made), sealed).decode()) == digest
    assert ("Nguyễn Văn An", badges.digest("00007")) in await desk.table("name, badge_digest")


async def test_photos_of_who_was_imported_are_kept_as_the_occasion_says_not_as_it_said_that_day(desk: Desk) -> None:
    await desk.hall.delegate("Hoàng Văn Cường")
    await desk.store(CONGRESS)

    assert await desk.count("SELECT count(*) FROM person WHERE retain_until IS NULL") == 5


async def test_the_same_list_again_changes_nothing_and_a_corrected_one_only_what_changed(desk: Desk) -> None:
    await desk.store(rows(*LIST))
    before = await desk.table("id, person, badge_digest")

    assert counts(await desk.store(rows(*LIST))) == (0, 0, 3, 0)

    corrected = (LIST[0].replace("Bí thư", "Phó bí thư"), LIST[1].replace("Lê Thị Ánh", "LÊ THỊ ÁNH"), LIST[2], ";Đỗ Thị Hoa;;Chi bộ 3;;;;")
    again = await desk.store(rows(*corrected))

    assert counts(again) == (1, 1, 2, 0)
    assert set(await desk.table("id, person, badge_digest")) >= set(before)
    assert ("Ông", "Nguyễn Văn An", "Phó bí thư", "Chi bộ 1", "Đoàn 1", "A1", "an.jpg") in await desk.table()


async def test_a_delegate_with_a_code_is_known_again_under_another_name_and_so_is_their_person(desk: Desk) -> None:
    await desk.store(rows(";Nguyễn Văn An;;Chi bộ 1;;;CODE-00000001;", ";Nguyễn Văn An;;Chi bộ 1;;;CODE-00000002;"))
    again = await desk.store(rows(";Nguyễn Văn Ân;;Chi bộ 9;;;CODE-00000002;", ";Nguyễn Văn An;;Chi bộ 1;;;CODE-00000001;"))

    assert counts(again) == (0, 1, 1, 0)
    assert await desk.table("name, unit") == [("Nguyễn Văn An", "Chi bộ 1"), ("Nguyễn Văn Ân", "Chi bộ 9")]
    assert await desk.count("SELECT count(*) FROM person WHERE name = 'Nguyễn Văn Ân'") == 1


async def test_two_of_the_same_name_and_unit_are_told_apart_by_their_seats(desk: Desk) -> None:
    await desk.store(rows(";Nguyễn Văn An;Tổ trưởng;Chi bộ 1;;A1;;", ";Nguyễn Văn An;Tổ phó;Chi bộ 1;;A2;;"))
    again = await desk.store(rows(";Nguyễn Văn An;Phó trưởng;Chi bộ 1;;A2;;", ";Nguyễn Văn An;Tổ trưởng;Chi bộ 1;;A1;;"))

    assert counts(again) == (0, 1, 1, 0)
    assert await desk.table("position, seat") == [("Tổ trưởng", "A1"), ("Phó trưởng", "A2")]


async def test_a_column_that_the_list_lacks_stays_and_an_empty_cell_of_one_it_has_empties(desk: Desk) -> None:
    await desk.store(rows(*LIST[:1]))
    await desk.store("Họ tên;Đơn vị;Số ghế\nNguyễn Văn An;Chi bộ 1;\n".encode())

    assert await desk.table() == [("Ông", "Nguyễn Văn An", "Bí thư", "Chi bộ 1", "Đoàn 1", "", "an.jpg")]


async def test_a_new_code_replaces_the_old_one_and_an_empty_cell_takes_none_away(desk: Desk) -> None:
    await desk.store(rows(*LIST[:1]))
    ((made, old),) = await desk.table("id, badge_digest")
    changed = await desk.store(rows(LIST[0].replace(";;an", ";NEW-CODE-1;an")))

    assert counts(changed) == (0, 1, 0, 0)
    assert await desk.table("id, badge_digest") == [(made, badges.digest("NEW-CODE-1"))]
    assert old != badges.digest("NEW-CODE-1")
    assert counts(await desk.store(rows(*LIST[:1]))) == (0, 0, 1, 0)
    assert await desk.table("badge_digest") == [(badges.digest("NEW-CODE-1"),)]


async def test_who_is_not_in_the_list_stays_and_is_told_and_so_is_a_seat_of_theirs(desk: Desk) -> None:
    await desk.store(rows(*LIST))
    read = await desk.read(rows(";Đặng Thị Hòa;;Chi bộ 4;;A1;;"))
    details = " ".join(problem.detail for problem in read.problems)

    assert "3 đại biểu đã có trong sự kiện nhưng không có trong danh sách này" in details
    assert "Dòng 2: ghế 'A1' đang xếp cho Nguyễn Văn An" in details


async def test_a_code_may_be_that_of_another_occasion_too(desk: Desk) -> None:
    other = await Hall.plan(desk.room, gate="gate-2", camera="cam-2", name="Đại hội khác")
    await other.delegate("Lê Văn Ba", code="CODE-00000009")
    read = await desk.store(rows(";Nguyễn Văn An;;Chi bộ 1;;;CODE-00000009;", *LIST[1:]))

    assert (counts(read), read.problems) == ((3, 0, 0, 0), [])


async def test_a_delegate_without_a_person_gets_one_and_one_more_list_is_a_change(desk: Desk) -> None:
    made = await desk.hall.delegate("Nguyễn Văn An", listed=False)
    stored = await desk.store("Họ tên\nNguyễn Văn An\n".encode())

    assert counts(stored) == (0, 1, 0, 0)
    assert await desk.table("id, person IS NULL") == [(made.id, False)]
    assert await desk.count(f"SELECT count(*) FROM list_entry WHERE delegate = '{made.id}'") == 1


async def test_an_import_is_in_the_log_with_who_did_it_and_its_counts(desk: Desk) -> None:
    await desk.store(rows(*LIST))
    line = (await desk.room.audit.newest(2**62, 1))[0]

    assert (line.who, line.action, line.subject) == (BY, "delegates.import", str(desk.hall.occasion))
    assert line.detail == {"file": "danh-sach.csv", "created": 3, "changed": 0, "unchanged": 0, "refused": 0}


async def test_what_cannot_be_imported_says_why(desk: Desk) -> None:
    no_list = await desk.read(rows(*LIST), lists=[uuid6.uuid7()])
    no_header = await desk.read(b"a;b\n1;2\n")
    await desk.hall.move(State.REHEARSAL, State.OPEN, State.CLOSED)
    closed = await desk.read(rows(*LIST))

    assert (no_list.state, no_header.state, closed.state) == (ImportState.FAILED,) * 3
    assert "dòng tiêu đề" in str(no_header.detail)
    assert "đã kết thúc" in str(closed.detail)


async def test_only_what_is_ready_is_committed_and_what_was_dropped_is_gone(desk: Desk) -> None:
    done = await desk.store(rows(*LIST))
    with pytest.raises(CheckInError, match="cannot be stored"):
        desk.room.imports.commit(BY, done.id)
    desk.room.imports.drop(done.id)
    with pytest.raises(CheckInError, match="There is no import"):
        desk.room.imports.get(done.id)


async def test_imports_are_bounded_the_oldest_at_rest_makes_room(desk: Desk) -> None:
    kept = [(await desk.read(rows(*LIST))).id for _ in range(imports.MOST + 1)]

    assert len(desk.room.imports) == imports.MOST
    with pytest.raises(CheckInError, match="There is no import"):
        desk.room.imports.get(kept[0])


async def test_no_import_is_begun_while_too_many_are_under_way(hall: Hall) -> None:
    asked = ImportIn(upload=uuid6.uuid7())
    waiting = [hall.room.imports.begin(BY, hall.occasion, asked) for _ in range(imports.MOST)]
    with pytest.raises(CheckInError, match="8 imports are under way"):
        hall.room.imports.begin(BY, hall.occasion, asked)
    with pytest.raises(CheckInError, match="wait until that is done"):
        hall.room.imports.drop(waiting[0].id)


async def test_nobody_at_a_gate_waits_for_an_import_that_is_at_work(desk: Desk) -> None:
    delegate = await desk.hall.delegate("Nguyễn Văn An", person=True)
    await desk.hall.open()
    async with desk.room.database.transaction() as connection:
        await store.claim(connection, desk.hall.occasion, [desk.hall.list])
        async with asyncio.timeout(5):
            await settle(desk.room, face(delegate.person))

    assert await results(desk.room) == ["checked_in"]


async def test_an_occasion_that_ended_after_the_dry_run_takes_nobody(desk: Desk) -> None:
    read = await desk.read(rows(*LIST))
    await desk.hall.move(State.REHEARSAL, State.OPEN, State.CLOSED)
    stored = await desk.rest(desk.room.imports.commit(BY, read.id).id)

    assert stored.state is ImportState.FAILED
    assert "đã kết thúc" in str(stored.detail)
    assert await desk.table() == []


async def test_two_dry_runs_of_one_list_that_are_both_stored_make_everybody_once(desk: Desk) -> None:
    first, second = await desk.read(rows(*LIST)), await desk.read(rows(*LIST))
    for read in (first, second):
        desk.room.imports.commit(BY, read.id)

    assert counts(await desk.rest(first.id)) == (3, 0, 0, 0)
    assert counts(await desk.rest(second.id)) == (0, 0, 3, 0)
    assert await desk.count("SELECT count(*) FROM person") == 3
