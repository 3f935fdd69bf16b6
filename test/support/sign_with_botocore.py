"""Signs each of the cases on the standard input with botocore, and prints the URLs, as JSON."""
import json
import sys
from urllib.parse import quote

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def signed(case):
    credentials = Credentials(case["accessKeyId"], case["secretAccessKey"])
    auth = S3SigV4QueryAuth(credentials, "s3", case["region"], expires=case["expiresIn"])
    path = quote(f"/{case['bucket']}/{case['key']}", safe="/~")
    query = "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in case["query"].items())
    request = AWSRequest(
        method=case["method"],
        url=case["origin"] + path + (f"?{query}" if query else ""),
        headers=case["headers"],
    )
    # As `add_auth` does, but for the time.
    request.context["timestamp"] = case["datetime"]
    auth._modify_request_before_signing(request)
    to_sign = auth.string_to_sign(request, auth.canonical_request(request))
    auth._inject_signature_to_request(request, auth.signature(to_sign, request))
    return request.url


json.dump([signed(case) for case in json.load(sys.stdin)], sys.stdout)
