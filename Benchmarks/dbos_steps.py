"""Workflows of three steps that do nothing, many in flight, by dbos on SQLite: `dbos_steps.py COUNT FOLDER IN_FLIGHT`.

Prints `name <tab> value <tab> unit`, as bench-store does. The steps are durable in the same sense: each one's output is
committed before the next begins; dbos sets its own PRAGMAs.
"""

import logging
import sys
import threading
import time

from dbos import DBOS, DBOSConfig

COUNT, FOLDER, IN_FLIGHT = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])

config: DBOSConfig = {
    "name": "bench",
    "system_database_url": f"sqlite:///{FOLDER}/dbos.sqlite",
    "run_admin_server": False,
    "log_level": "ERROR",
}
DBOS(config=config)


@DBOS.step()
def nothing() -> None:
    return None


@DBOS.workflow()
def three() -> None:
    nothing()
    nothing()
    nothing()


def work(numbers, failures: list) -> None:
    for _ in numbers:
        try:
            three()
        except Exception as error:  # its store may be locked: counted, not hidden
            failures.append(repr(error)[:200])


def main() -> None:
    logging.disable(logging.CRITICAL)
    DBOS.launch()
    failures: list = []
    numbers = iter(range(COUNT))
    lock = threading.Lock()

    def shared():
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            yield number

    threads = [threading.Thread(target=work, args=(shared(), failures)) for _ in range(IN_FLIGHT)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - start
    print(f"dbos, workflows of 3 steps, {IN_FLIGHT} in flight\t{(COUNT - len(failures)) / seconds:.3f}\truns/s")
    if failures:
        print(f"dbos, failed\t{len(failures)}\tof {COUNT}: {failures[0]}")
    DBOS.destroy()


if __name__ == "__main__":
    main()
