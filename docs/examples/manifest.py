"""Downloads all files of a dataset, from one call, with nothing but Python's standard library.

DREAMLAKE_URL and DREAMLAKE_TOKEN say where and by which token:

    python3 docs/examples/manifest.py alice robotics training-v1 /tmp/training-v1
"""

import json
import os
import shutil
import sys
from urllib.parse import quote
from urllib.request import Request, urlopen

*place, folder = sys.argv[1:]
path = "/namespaces/{}/projects/{}/datasets/{}/manifest".format(*(quote(part, safe="") for part in place))
request = Request(os.environ.get("DREAMLAKE_URL", "http://localhost:10334") + path + "?urls=true&expiresIn=86400")
request.add_header("Authorization", "Bearer " + os.environ["DREAMLAKE_TOKEN"])
line = {}
with urlopen(request) as manifest:
    for line in map(json.loads, manifest):
        if line.get("url"):
            name = line["path"] or "/" + line["assetId"]
            target = os.path.join(folder, quote(line["episode"] or "", safe=""), line["kind"], name[1:])
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with urlopen(line["url"]) as content, open(target, "wb") as file:
                shutil.copyfileobj(content, file)
if not line.get("end") or line["nextCursor"]:
    sys.exit("The manifest is not whole: the rest is asked for by its cursor.")
print(f"{line['lines']} assets" + (", while the project was written to" if line["changed"] else ""))
