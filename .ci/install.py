"""pip, with the build backend of our distributions installed once, not anew for each of them."""

import subprocess
import sys

pip = [sys.executable, "-I", "-m", "pip", "install"]
subprocess.run([*pip, "-c", "constraints.txt", "flit_core"], check=True)
sys.exit(subprocess.call([*pip, "--no-build-isolation", *sys.argv[1:]]))
