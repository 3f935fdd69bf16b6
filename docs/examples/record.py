"""Sends a file as a video of an episode, and gets it back, with nothing but Python's standard library.

DREAMLAKE_URL and DREAMLAKE_TOKEN say where and by which token:

    python3 docs/examples/record.py alice robotics run-043 test/sample/camera/front.mp4
"""

import hashlib
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

API = os.environ.get("DREAMLAKE_URL", "http://localhost:10334")
TOKEN = os.environ["DREAMLAKE_TOKEN"]


def send(method, url, body=None, headers=None):
    """The bytes of an answer; a refusal is raised, with what its problem document says."""
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.read()
    except urllib.error.HTTPError as refused:
        raise SystemExit(f"{method} {url}: {refused.code} {refused.read().decode()}") from None


def ask(method, path, body=None, /, **query):
    """What the API answers, decoded."""
    url = f"{API}{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    return json.loads(send(method, url, None if body is None else json.dumps(body).encode(), headers))


namespace, project, episode, file = sys.argv[1:]
place = {"namespace": namespace, "project": project}
name = "/camera/" + os.path.basename(file)
with open(file, "rb") as opened:
    content = opened.read()

# Bytes whose hash the namespace holds already are not sent again: then the status is "exists".
announced = {"name": os.path.basename(file), "size": len(content), "contentType": "video/mp4"}
announced["sha256"] = hashlib.sha256(content).hexdigest()
(upload,) = ask("POST", "/uploads", {**place, "files": [announced]})["uploads"]
if upload["status"] == "pending":
    send("PUT", upload["url"], content, upload["headers"])
    ask("POST", f"/uploads/{upload['id']}/complete")

ask("POST", f"/namespaces/{namespace}/projects/{project}/episodes", {"name": episode})
ask("POST", "/assets/video", {**place, "episodeName": episode, "name": name, "bssVideoId": upload["id"]})
ask("PATCH", f"/namespaces/{namespace}/projects/{project}/episodes/{episode}", {"status": "completed"})

for asset in ask("GET", "/assets/video", **place, glob="/camera/*"):
    print(asset["name"], asset["object"]["size"])
download = ask("GET", "/assets/video/download", **place, path=name, episode=episode)
print("the same" if send("GET", download["url"]) == content else "another file")
