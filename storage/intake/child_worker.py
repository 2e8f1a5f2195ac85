"""The program that parses one hostile document in a process of its own: bytes on stdin, JSON on stdout.

It reads only its input and the parser that its arguments name: a module beside it, and its function.
`storage.intake.child_parsing` starts it by its path, without the package around it, and kills it after a
deadline.
"""

import json
import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    parse = runpy.run_path(str(Path(__file__).with_name(f"{sys.argv[1]}.py")))[sys.argv[2]]
    answer = json.dumps(parse(sys.stdin.buffer.read()), ensure_ascii=False)
    sys.stdout.buffer.write(answer.encode(errors="replace"))  # half of a surrogate pair is no UTF-8
