"""The second judge: reads requests as JSON from standard input, answers with botocore's Authorization values.

In: a list of {method, url, headers [[name, value]], body, region, service, date, key, secret, token}.
Out: a list of Authorization header values."""
import datetime, json, sys

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


class Fixed(SigV4Auth):
    """botocore's signer at a given time: only the clock is replaced."""

    def add_auth(self, request):
        request.context["timestamp"] = self.date
        self._modify_request_before_signing(request)
        canonical = self.canonical_request(request)
        text = self.string_to_sign(request, canonical)
        self._inject_signature_to_request(request, self.signature(text, request))


answers = []
for case in json.load(sys.stdin):
    request = AWSRequest(case["method"], case["url"], data=case["body"].encode())
    for name, value in case["headers"]:
        request.headers[name] = value
    signer = Fixed(Credentials(case["key"], case["secret"], case["token"]), case["service"], case["region"])
    signer.date = case["date"]
    signer.add_auth(request)
    answers.append(request.headers["Authorization"])
json.dump(answers, sys.stdout)
