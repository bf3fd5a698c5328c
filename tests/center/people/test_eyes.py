import asyncio
import sys
import threading
from pathlib import Path

import pytest

from center.people import eyes
from center.people.eyes import Eyes
from center.settings import People
from tests.vision.conftest import MOBILEFACENET
from wardroom.errors import PeopleError


@pytest.fixture
def seeing(testdata: Path) -> Eyes:
    return Eyes(People(models=str(testdata / "models"), engine=f"yunet+{MOBILEFACENET}"))


async def test_the_engine_is_opened_once_in_a_thread_of_its_own_and_again_after_an_end(seeing: Eyes) -> None:
    threads = {await seeing.run(lambda _: threading.current_thread().name) for _ in range(3)}
    before = seeing.model
    seeing.close()

    assert threads == {"faces_0"}
    assert await seeing.open() == before
    seeing.close()


async def test_the_event_loop_goes_on_while_a_photo_is_looked_at(seeing: Eyes) -> None:
    going, looked_on = threading.Event(), asyncio.Event()
    asked = asyncio.create_task(seeing.run(lambda _: going.wait(20)))
    asyncio.get_running_loop().call_soon(looked_on.set)
    await looked_on.wait()
    going.set()

    assert await asked
    seeing.close()


async def test_more_than_may_wait_are_refused(seeing: Eyes) -> None:
    going = threading.Event()
    asked = [asyncio.create_task(seeing.run(lambda _: going.wait(20))) for _ in range(eyes.WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(PeopleError, match="try again"):
        await seeing.examined(b"", "a.jpg")
    going.set()

    assert all(await asyncio.gather(*asked))
    seeing.close()


async def test_a_model_that_is_not_there_is_one_sentence_and_asked_for_again(tmp_path: Path) -> None:
    blind = Eyes(People(models=str(tmp_path)))
    for _ in range(2):
        with pytest.raises(PeopleError, match="Photos cannot be looked at here") as refused:
            await blind.open()
        assert "yunet" in refused.value.sentence("vi")
    blind.close()


@pytest.mark.processes
async def test_a_center_without_the_libraries_says_what_to_install() -> None:
    program = (
        "import asyncio, sys; sys.modules['cv2'] = sys.modules['onnxruntime'] = None\n"
        "from center.people.eyes import Eyes; from center.settings import People\n"
        "import center.app\n"
        "try: asyncio.run(Eyes(People()).open())\n"
        "except Exception as error: print(error)\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE, cwd=str(Path.cwd()))
    told, _ = await process.communicate()

    assert "pip install 'wardroom[vision]'" in told.decode()
