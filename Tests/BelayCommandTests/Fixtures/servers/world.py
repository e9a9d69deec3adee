"""The world of one incident: AWS (moto, with authorisation on), the four functions of an incident backend behind
Lambda's Invoke API, a Prometheus, and IAM's policy simulator. The functions do their work by boto3 and Redis, with the
tables that such functions hold in code. moto judges signatures and policies; which resource a call is about is told to
it here, and the simulator, which it lacks, is made from IAM's public contract.

Standard input closed ends it. The first line of standard output is JSON: ports, keys, the topic.
POST /-/state, /-/policy (a policy document), /-/invocations on the functions' port.

usage: world.py REDIS_PORT"""
import datetime, json, os, socket, sys, threading, time, urllib.parse, xml.sax.saxutils
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

os.environ.update(AWS_DEFAULT_REGION="eu-west-1", AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test",
                  AWS_EC2_METADATA_DISABLED="true")
import boto3
import moto.cloudwatch.responses, moto.ecs.responses, moto.rds.responses, moto.sns.responses
from moto import settings
from moto.core.authorization import ActionAuthenticatorMixin
from moto.iam.access_control import IAMPolicy, IAMRequestBase, IAMUserAccessKey, PermissionResult
from moto.server import ThreadedMotoServer

REDIS_PORT = int(sys.argv[1])
REGION, ACCOUNT = "eu-west-1", "123456789012"
CLUSTER, DATABASE = "production", "production-db"
SERVICES = {"api": "production-api-service", "auth-service": "production-auth-service"}
admin = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
invocations = []


# MARK: moto


def parameters(response):
    try:
        return json.loads(response.body)
    except (TypeError, ValueError):
        return {name: values[0] for name, values in (response.querystring or {}).items()}


def arn(service, rest):
    return "arn:aws:%s:%s:%s:%s" % (service, REGION, ACCOUNT, rest)


moto.ecs.responses.EC2ContainerServiceResponse._determine_resource = lambda response: arn(
    "ecs", "service/%(cluster)s/%(service)s" % {"cluster": "", "service": "", **parameters(response)})
moto.rds.responses.RDSResponse._determine_resource = lambda response: arn(
    "rds", "db:" + parameters(response).get("DBInstanceIdentifier", ""))
moto.sns.responses.SNSResponse._determine_resource = lambda response: parameters(response).get("TopicArn", "*")

# A permission has the service's own name, moto takes that of its signatures.
judge = IAMRequestBase.check_action_permitted


def check_action_permitted(request, resource):
    request._action = request._action.replace("monitoring:", "cloudwatch:")
    judge(request, resource)


IAMRequestBase.check_action_permitted = check_action_permitted
aws = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
aws.start()
ENDPOINT = "http://127.0.0.1:%d" % aws.get_host_and_port()[1]


def client(name):
    return boto3.client(name, region_name=REGION, endpoint_url=ENDPOINT, **admin)


def user(name, document):
    iam = client("iam")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(document))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}


ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
everything = user("admin", ALL)
operator = user("operator", ALL)
ecs = client("ecs")
ecs.create_cluster(clusterName=CLUSTER)
for service in SERVICES.values():
    ecs.register_task_definition(family=service, containerDefinitions=[{"name": "c", "image": "i", "memory": 64}])
    ecs.create_service(cluster=CLUSTER, serviceName=service, taskDefinition=service, desiredCount=2)
client("rds").create_db_instance(
    DBInstanceIdentifier=DATABASE, DBInstanceClass="db.r5.large", Engine="postgres", AllocatedStorage=10,
    MasterUsername="a", MasterUserPassword="a" * 12)
sqs, sns = client("sqs"), client("sns")
queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
topic = sns.create_topic(Name="incidents")["TopicArn"]
sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=sqs.get_queue_attributes(
    QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"])
client("cloudwatch").put_metric_data(Namespace="Incidents", MetricData=[
    {"MetricName": "error_rate", "Value": 0.5, "Timestamp": datetime.datetime.now(datetime.timezone.utc)}])
client("secretsmanager").create_secret(Name="prod/webhook", SecretString=json.dumps(
    {"token": os.environ.get("SECRET_STORE", "a")}))
client("ssm").put_parameter(Name="/prod/token", Value=os.environ.get("SECRET_PARAMETER", "b"), Type="SecureString")
admin.update(everything)
settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
ActionAuthenticatorMixin.request_count = 1


def deployments():
    services = client("ecs").describe_services(cluster=CLUSTER, services=list(SERVICES.values()))["services"]
    return {service["serviceName"]: service["deployments"][0]["id"] for service in services}


deployed = deployments()


# MARK: Redis


def redis(*words):
    with socket.create_connection(("127.0.0.1", REDIS_PORT), timeout=5) as connection:
        connection.sendall(("*%d\r\n" % len(words) + "".join("$%d\r\n%s\r\n" % (len(w), w) for w in words)).encode())
        return connection.recv(4096).decode().strip()


# MARK: The four functions


def restart_service(event):
    if event["target"] not in SERVICES:
        raise ValueError("unknown target " + str(event["target"]))
    client("ecs").update_service(cluster=CLUSTER, service=SERVICES[event["target"]], forceNewDeployment=True)


def scale_up(event):
    critical = event["priority"] == "critical"
    if event["target"] == "database":
        client("rds").modify_db_instance(
            DBInstanceIdentifier=DATABASE, DBInstanceClass="db.r5.2xlarge" if critical else "db.r5.xlarge",
            ApplyImmediately=True)
    elif event["target"] == "api":
        client("ecs").update_service(cluster=CLUSTER, service=SERVICES["api"], desiredCount=10 if critical else 5)
    else:
        raise ValueError("unknown target " + str(event["target"]))


def clear_cache(event):
    if event["target"] != "cache":
        raise ValueError("unknown target " + str(event["target"]))
    if redis("FLUSHALL") != "+OK":
        raise RuntimeError("not flushed")


def notify_human(event):
    details = event["incidentDetails"]
    client("sns").publish(
        TopicArn=topic,
        Subject="[%s] Incident %s requires attention" % (event["priority"].upper(), event["incidentId"]),
        Message="Incident: %s\nPriority: %s\nTitle: %s\nDescription: %s" % (
            event["incidentId"], event["priority"], details["title"], details["description"]))


FUNCTIONS = {"incident-restart-service": restart_service, "incident-scale-up": scale_up,
             "incident-clear-cache": clear_cache, "incident-notify-human": notify_human}


def invoke(name, event):
    try:
        FUNCTIONS[name](event)
        body, status = {"message": event["action"] + " done", "incidentId": event["incidentId"]}, 200
    except Exception as error:
        body = {"message": str(error), "error": type(error).__name__, "incidentId": event["incidentId"]}
        status = 500
    return {"statusCode": status, "body": json.dumps(body)}


# MARK: IAM's simulator, and who may ask and invoke


def permitted(key_id, action, resource):
    key = IAMUserAccessKey(ACCOUNT, "aws", key_id, {})
    results = [IAMPolicy(policy).is_action_permitted(action, resource) for policy in key.collect_policies()]
    return PermissionResult.PERMITTED in results and PermissionResult.DENIED not in results


def simulate(key_id, form):
    numbered = lambda name: [form["%s.member.%d" % (name, number)] for number in range(1, 1000)
                             if "%s.member.%d" % (name, number) in form]
    answer = ""
    for action in numbered("ActionNames"):
        for resource in numbered("ResourceArns") or ["*"]:
            allowed = permitted(key_id, action, resource)
            answer += ("<member><EvalActionName>%s</EvalActionName><EvalResourceName>%s</EvalResourceName>"
                       "<EvalDecision>%s</EvalDecision></member>" % (
                           action, xml.sax.saxutils.escape(resource), "allowed" if allowed else "implicitDeny"))
    return ('<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">'
            "<SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults>%s"
            "</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>" % answer)


def state():
    services = client("ecs").describe_services(cluster=CLUSTER, services=list(SERVICES.values()))["services"]
    database = client("rds").describe_db_instances(DBInstanceIdentifier=DATABASE)["DBInstances"][0]
    messages = client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    for message in messages:
        client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    bodies = [json.loads(message["Body"]) for message in messages]
    return {"redeployed": sorted(name for name, id in deployments().items() if deployed[name] != id),
            "counts": {service["serviceName"]: service["desiredCount"] for service in services},
            "class": database["DBInstanceClass"],
            "messages": [{"subject": body.get("Subject"), "message": body["Message"]} for body in bodies]}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, headers=()):
        body = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, text in headers:
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def key(self):
        return self.headers.get("Authorization", "").partition("Credential=")[2].partition("/")[0]

    def may(self, action, resource):
        try:
            return permitted(self.key(), action, resource)
        except Exception:
            return False

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        if path == "/-/state":
            self.answer(200, state())
        elif path == "/-/invocations":
            self.answer(200, invocations)
        elif path == "/-/policy":
            client("iam").put_user_policy(UserName="operator", PolicyName="own", PolicyDocument=body.decode())
            self.answer(200, {})
        elif path == "/api/v1/query":
            self.metric(urllib.parse.parse_qs(body.decode()))
        elif path.startswith("/2015-03-31/functions/"):
            self.function(path.split("/")[3], body)
        else:
            self.simulator(urllib.parse.parse_qs(body.decode()))

    def function(self, name, body):
        if not self.may("lambda:InvokeFunction", arn("lambda", "function:" + name)):
            return self.answer(403, {"Message": "not authorized to perform: lambda:InvokeFunction"},
                               [("x-amzn-ErrorType", "AccessDeniedException")])
        if name not in FUNCTIONS:
            return self.answer(404, {"Message": "Function not found: " + name},
                               [("x-amzn-ErrorType", "ResourceNotFoundException")])
        if self.headers.get("X-Amz-Invocation-Type") == "DryRun":
            return self.answer(204, "")
        event = json.loads(body)
        invocations.append({"function": name, "payload": event})
        self.answer(200, invoke(name, event))

    def simulator(self, form):
        form = {name: values[0] for name, values in form.items()}
        if form.get("Action") != "SimulatePrincipalPolicy" or not self.may(
                "iam:SimulatePrincipalPolicy", form.get("PolicySourceArn", "")):
            return self.answer(403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized to perform: "
                                    "iam:SimulatePrincipalPolicy</Message></Error></ErrorResponse>")
        self.answer(200, simulate(self.key(), form))

    def do_GET(self):
        self.metric(urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query))

    def metric(self, asked):
        name = asked.get("query", [""])[0]
        values = {"error_rate": "0.5", "vector(1)": "1"}
        result = [{"metric": {}, "value": [time.time(), values[name]]}] if name in values else []
        self.answer(200, {"status": "success", "data": {"resultType": "vector", "result": result}})


class Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(json.dumps({"aws": aws.get_host_and_port()[1], "functions": server.server_address[1], "topic": topic,
                  "key": operator["aws_access_key_id"], "secret": operator["aws_secret_access_key"]}), flush=True)
while sys.stdin.buffer.read1(1):
    pass
os._exit(0)
