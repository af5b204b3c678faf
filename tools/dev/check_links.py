#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that relative links and `path/file` mentions in the documentation name files that exist."""
import re
import subprocess
import sys
from pathlib import Path

root = Path(__file__).resolve().parents[2]
folders = "abi|api|base|bench|debug|deps|docs|engine|host|kernel|libos|test|tools"
link = re.compile(r"\]\((?!https?:)([^)#]+)[^)]*\)")
mention = re.compile(rf"`((?:{folders})/[\w./-]*)`")
bad = 0
for name in subprocess.check_output(["git", "ls-files", "*.md"], cwd=root, text=True).split():
    text = (root / name).read_text()
    for target in link.findall(text):
        if not ((root / name).parent / target).exists():
            print(f"check-links: error: {name}: no file {target}")
            bad = 1
    for target in mention.findall(text):
        if not (root / target).exists():
            print(f"check-links: error: {name}: no file {target}")
            bad = 1
sys.exit(bad)
