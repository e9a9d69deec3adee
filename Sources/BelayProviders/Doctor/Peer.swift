import BelayCompiler
import BelayEngine
import JSON

/// A server or program that a binding leads to, and how to ask whether it is there without any effect.
struct Peer: Sendable, Hashable {
    private enum Question: Sendable, Hashable {
        case service(AWSService, AWSClient.Place)
        /// A read operation of the provider itself, with the binding's settings.
        case operation(String, inputs: JSONObject, settings: JSONObject)
        /// A connection, with TLS where the address has it.
        case connection(WebAddress, TLSSettings)
        /// The API server that the binding's settings, a kubeconfig or the pod's own account lead to.
        case cluster(settings: JSONObject)
        case program(String)
        case wrong(String)
    }

    private let provider: String
    private let question: Question

    /// Nil for providers without a peer, and where only an incident tells which it is.
    init?(_ call: SurveyedCall, _ vault: SecretVault) {
        let kind = call.settings["kind"]?.plainValue?.stringValue
        provider =
            call.binding.provider == "aws.resource" ? "aws.\(kind ?? "")" : call.binding.provider
        guard let settings = try? call.settings.opened(by: vault) else { return nil }
        let text = { (name: String) in settings[name]?.scalarText }
        switch provider {
        case "log", "simulated": return nil
        case "redis":
            question = .operation("ping", inputs: [:], settings: settings)
        case "prometheus":
            question = .operation("query", inputs: ["query": "vector(1)"], settings: settings)
        case "exec", "plugin":
            guard let path = settings["command"]?.arrayValue?.first?.stringValue ?? text("command")
            else { return nil }
            question = .program(path)
        case "kubernetes":
            question = .cluster(settings: settings)
        case "slack", "pagerduty", "webhook", "http", "email":
            guard let address = Peer.address(provider, text) else { return nil }
            do throws(WebAddressError) {
                question = .connection(try WebAddress(address), HTTPSettings.tls(settings))
            } catch {
                question = .wrong(error.message)
            }
        default:
            guard let service = Peer.service(provider) else { return nil }
            question = .service(service, AWSSettings.place(call.settings))
        }
    }

    private static func address(_ provider: String, _ text: (String) -> String?) -> String? {
        switch provider {
        case "slack": text("url") ?? text("api") ?? "https://slack.com/api"
        case "pagerduty": text("url") ?? "https://events.pagerduty.com/v2/enqueue"
        case "email": text("server")
        default: text("url")
        }
    }

    private static func service(_ name: String) -> AWSService? {
        switch name {
        case "aws.autoscaling": return .autoscaling
        case "aws.cloudwatch": return .cloudwatch
        case "aws.ec2": return .ec2
        case "aws.ecs": return .ecs
        case "aws.elasticache": return .elasticache
        case "aws.lambda": return .lambda
        case "aws.rds": return .rds
        case "aws.secretsmanager": return .secretsManager
        case "aws.sns": return .sns
        case "aws.ssm": return .ssm
        case "aws.sts": return .sts
        default: return nil
        }
    }
}

// MARK: - Asking

extension Peer {
    func findings(_ tools: ProviderTools) async -> [Finding] {
        switch question {
        case .wrong(let message): return [problem(message, cure: "mend the binding")]
        case .program(let path): return [program(path)]
        case .service(let service, let place): return [await self.service(service, place, tools)]
        case .connection(let url, let tls): return [await connection(url, tls, tools)]
        case .cluster(let settings):
            do throws(Refusal) {
                let cluster = try KubernetesCluster(settings, tools)
                return [await connection(cluster.server, cluster.tls, tools)]
            } catch {
                return [problem(error.message, cure: "correct the binding or the kubeconfig")]
            }
        case .operation(let name, let inputs, let settings):
            return [await operation(name, inputs, settings, tools)]
        }
    }

    private func problem(_ message: String, cure: String) -> Finding {
        Finding("reach", .problem, "\(provider): \(message)", cure: cure)
    }

    private func program(_ path: String) -> Finding {
        guard path.hasPrefix("/") else {
            return problem("'\(path)' is no absolute path", cure: "name the program from `/` on")
        }
        return SmallFile.isExecutable(path)
            ? Finding("reach", .ok, "\(provider): \(path)")
            : problem("'\(path)' is not there or may not be run", cure: "install it, or chmod +x")
    }

    /// Any answer will do, even a refusal: this is about the way, not about permission.
    private func service(
        _ service: AWSService, _ place: AWSClient.Place, _ tools: ProviderTools
    ) async -> Finding {
        let url: WebAddress
        do throws(AWSEndpointError) {
            url = try tools.aws.endpoint(of: service, at: place)
        } catch {
            return problem(error.message, cure: "set `region` in the binding, or AWS_REGION")
        }
        var request = HTTPRequest("GET", url)
        request.timeout = Doctor.timeout
        var policy = HostPolicy()
        policy.trusted = [url.authority]
        do throws(TransferFailure) {
            _ = try await tools.http.send(request, policy: policy)
            return Finding("reach", .ok, "\(provider): \(url.authority)")
        } catch {
            return problem("\(url.authority): \(error.message)", cure: Peer.cure(of: error))
        }
    }

    private func connection(
        _ url: WebAddress, _ tls: TLSSettings, _ tools: ProviderTools
    ) async -> Finding {
        let deadline = ContinuousClock.now + Doctor.timeout
        var policy = HostPolicy()
        policy.trusted = [url.authority]
        do throws(TransferFailure) {
            let address = try await tools.http.judged(
                url, policy, within: Doctor.timeout, connect: .seconds(5)
            ).first
            try await OwnThread.run { () -> Result<Void, TransferFailure> in
                do throws(TransferFailure) {
                    _ = try StreamConnection(
                        host: url.host, port: url.port, address: address,
                        isTLS: url.scheme == "https" || url.scheme == "smtps", tls: tls,
                        connectTimeout: .seconds(5), deadline: deadline, isCancelled: { false })
                    return .success(())
                } catch {
                    return .failure(error)
                }
            }.get()
            return Finding("reach", .ok, "\(provider): \(url.authority)")
        } catch {
            return problem("\(url.authority): \(error.message)", cure: Peer.cure(of: error))
        }
    }

    private func operation(
        _ name: String, _ inputs: JSONObject, _ settings: JSONObject, _ tools: ProviderTools
    ) async -> Finding {
        let action: any ActionProvider =
            provider == "redis" ? RedisAction(tools: tools) : PrometheusAction(tools: tools)
        guard let operation = action.contract.operation(name) else {
            preconditionFailure("\(provider) has no operation \(name)")
        }
        let now = tools.now()
        let outcome = await action.perform(
            ActionRequest(
                action: operation.action.name, operation: name, effect: .read, recovery: .pure,
                inputs: SealedObject(plain: inputs), settings: SealedObject(plain: settings),
                incident: Incident(
                    id: "doctor", fingerprint: "doctor", priority: .info, type: "doctor",
                    source: "doctor", startedAt: now, receivedAt: now),
                run: "doctor", step: "doctor", attempt: 1, idempotencyKey: "doctor",
                timeout: Doctor.timeout, secrets: SecretVault(values: [:])))
        let place = (settings["host"] ?? settings["url"])?.scalarText ?? ""
        switch outcome {
        case .succeeded: return Finding("reach", .ok, "\(provider): \(place)")
        case .failed(let kind, _, let message), .lost(let kind, let message):
            return problem("\(place): \(message)", cure: Peer.cure(of: kind))
        }
    }
}

// MARK: - Cures

extension Peer {
    static func cure(of failure: TransferFailure) -> String {
        switch failure.cause {
        case .resolve: "the name has no address: correct it, or the resolver"
        case .connect, .timeout, .broken:
            "nothing answers there: start it, or let this host in (security group, firewall, subnet); "
                + "what times out here times out in a run"
        case .tls: "the certificate is not trusted: name its authority by `ca_file`"
        case .forbidden: "allow it in the environment's `http:`"
        case .refused, .cancelled, .unusable: "see the message"
        }
    }

    private static func cure(of kind: FailureClass) -> String {
        switch kind {
        case .denied: "the server knows us and refuses: correct user, password or token"
        case .unavailable, .timeout:
            "nothing answers there: start it, or let this host in (security group, firewall, subnet)"
        default: "see the message; the binding's settings do not fit the server"
        }
    }
}
