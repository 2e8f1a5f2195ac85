"""`python -m bot.emulator`: the emulator as a process; the first line that it prints is its address."""

import argparse
import asyncio
import signal
import sys

from bot.emulator.server import LoopbackError, serve


def main() -> int:
    """Serve until SIGINT or SIGTERM; return 0 then, 1 if the port is taken, 2 on wrong use."""
    options = _read_options()
    try:
        asyncio.run(_run(options.host, options.port, strict=options.strict))
    except LoopbackError:
        sys.stderr.write(
            f"Trình giả lập chỉ chạy trên máy này: {options.host} không phải địa chỉ loopback.\n"
        )
        return 2
    except OSError as error:
        sys.stderr.write(f"Không mở được cổng {options.port}: {error.strerror}.\n")
        return 1
    return 0


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bot.emulator", description="Máy chủ Bot API giả lập của Điểm Tin"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="địa chỉ loopback để lắng nghe (mặc định 127.0.0.1)"
    )
    parser.add_argument("--port", type=int, default=8081, help="cổng, 0 là cổng trống bất kỳ (mặc định 8081)")
    parser.add_argument("--strict", action="store_true", help="giữ đúng giới hạn tốc độ gửi của Telegram")
    return parser.parse_args()


async def _run(host: str, port: int, *, strict: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with serve(host=host, port=port, strict=strict) as emulator:
        sys.stdout.write(f"{emulator.url}\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
