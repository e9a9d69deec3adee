"""Makes the resources of the tests in moto, and tells how they are.

usage: moto_world.py setup|state|policy ENDPOINT [ACTION...]
setup    makes them and prints their identifiers as JSON
state    prints what the actions should have changed
policy   makes a user who may do only the ACTIONs, switches on moto's authorisation, prints its keys"""
import datetime, json, sys, urllib.request

import boto3

command, endpoint = sys.argv[1:3]


def client(name):
    return boto3.client(name, region_name="eu-west-1", endpoint_url=endpoint,
                        aws_access_key_id="test", aws_secret_access_key="test")


def setup():
    ecs = client("ecs")
    ecs.create_cluster(clusterName="prod")
    ecs.register_task_definition(family="api", containerDefinitions=[{"name": "c", "image": "i", "memory": 64}])
    ecs.create_service(cluster="prod", serviceName="api", taskDefinition="api", desiredCount=2)
    client("rds").create_db_instance(
        DBInstanceIdentifier="db", DBInstanceClass="db.r5.large", Engine="postgres", AllocatedStorage=10,
        MasterUsername="a", MasterUserPassword="a" * 12)
    client("elasticache").create_cache_cluster(CacheClusterId="cache", CacheNodeType="cache.t3.micro", Engine="redis",
                                               NumCacheNodes=1)
    sqs, sns = client("sqs"), client("sns")
    queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = sns.create_topic(Name="incidents")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    client("secretsmanager").create_secret(Name="prod/redis", SecretString='{"password": "hush-hush-7"}')
    client("ssm").put_parameter(Name="/prod/token", Value="param-secret-8", Type="SecureString")
    client("ssm").put_parameter(Name="/prod/size", Value="5", Type="String")
    now = datetime.datetime.now(datetime.timezone.utc)
    for minutes, value in ((9, 10.0), (4, 81.5), (2, 97.25)):
        client("cloudwatch").put_metric_data(
            Namespace="App", MetricData=[{"MetricName": "Load", "Value": value,
                                          "Timestamp": now - datetime.timedelta(minutes=minutes),
                                          "Dimensions": [{"Name": "Host", "Value": "a & b"}]}])
    image = client("ec2").describe_images()["Images"][0]["ImageId"]
    host = client("ec2").run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    return {"topic": topic, "queue": queue, "host": host}


def state():
    service = client("ecs").describe_services(cluster="prod", services=["api"])["services"][0]
    database = client("rds").describe_db_instances(DBInstanceIdentifier="db")["DBInstances"][0]
    sqs = client("sqs")
    queue = sqs.get_queue_url(QueueName="inbox")["QueueUrl"]
    messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    targets = client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    return {
        "desired": service["desiredCount"], "class": database["DBInstanceClass"],
        "messages": [json.loads(message["Body"]) for message in messages],
        "bounds": [[target["MinCapacity"], target["MaxCapacity"]] for target in targets]}


def policy():
    iam = client("iam")
    iam.create_user(UserName="belay")
    key = iam.create_access_key(UserName="belay")["AccessKey"]
    document = {"Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": sys.argv[3:], "Resource": "*"}]}
    iam.put_user_policy(UserName="belay", PolicyName="p", PolicyDocument=json.dumps(document))
    request = urllib.request.Request(endpoint + "/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"})
    urllib.request.urlopen(request).read()
    return {"key": key["AccessKeyId"], "secret": key["SecretAccessKey"]}


print(json.dumps({"setup": setup, "state": state, "policy": policy}[command]()))
