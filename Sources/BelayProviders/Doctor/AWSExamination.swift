import BelayCompiler
import BelayEngine
import JSON

/// What AWS has to say of us: credentials, identity, clock, and permissions as far as a service lets one ask.
struct AWSExamination: Sendable {
    let doctor: Doctor
    private var tools: ProviderTools { doctor.tools }

    init(doctor: Doctor) { self.doctor = doctor }

    func findings() async -> [Finding] {
        var findings: [Finding] = []
        for identity in identities {
            findings += await self.findings(of: identity)
        }
        return findings.map(doctor.redacted)
    }

    /// Who the calls are made as; nobody where nothing of AWS is bound.
    private var identities: [AWSClient.Place] {
        var places: [AWSClient.Place] = []
        for need in doctor.needs {
            let place = AWSExamination.withoutEndpoint(need.place)
            if !places.contains(place) { places.append(place) }
        }
        return places
    }

    private static func withoutEndpoint(_ place: AWSClient.Place) -> AWSClient.Place {
        var place = place
        place.endpoint = nil
        return place
    }

    private func findings(of place: AWSClient.Place) async -> [Finding] {
        let origin: String
        do throws(AWSCredentialsError) {
            origin = try await tools.aws.credentials(at: place).origin
        } catch {
            return [
                Finding(
                    "credentials", .problem, error.message,
                    cure: error.isPassing
                        ? "ask again; the service that hands them out did not answer"
                        : "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile, or give the host a role"
                )
            ]
        }
        let found = Finding("credentials", .ok, "from \(origin)")
        var call = AWSCall(.sts, "GetCallerIdentity", .form([]))
        call.mayRepeat = true
        let before = tools.now()
        switch await tools.aws.call(call, at: place, timeout: Doctor.timeout) {
        case .failure(let failure): return [found, AWSExamination.refused(failure)]
        case .success(let response):
            guard let arn = response.xml?.text("Arn"), let account = response.xml?.text("Account")
            else { return [found, Finding("identity", .problem, "STS tells no identity")] }
            return [found, identity(arn, account), clock(response, before)].compactMap { $0 }
                + (await permissions(of: arn, at: place))
        }
    }

    private static func refused(_ failure: AWSFailure) -> Finding {
        // Most services say of a clock that the signature is wrong, and only the words tell why.
        if case .service(_, let code, let message) = failure,
            ["RequestTimeTooSkewed", "RequestExpired"].contains(code)
                || ["Signature expired", "Signature not yet current"].contains(where: {
                    message.range(of: $0) != nil
                })
        {
            return Finding("clock", .problem, failure.message, cure: clockCure)
        }
        if case .transfer(let transfer) = failure {
            return Finding("identity", .problem, failure.message, cure: Peer.cure(of: transfer))
        }
        return Finding(
            "identity", .problem, failure.message,
            cure: "the keys are wrong or expired: make new ones, or log in again")
    }

    private func identity(_ arn: String, _ account: String) -> Finding {
        guard let pinned = doctor.environment.account, pinned != account else {
            return Finding("identity", .ok, arn)
        }
        return Finding(
            "identity", .problem, "\(arn) belongs to \(account), the environment to \(pinned)",
            cure:
                "use credentials of account \(pinned), or another environment; no change is made until then"
        )
    }

    // MARK: - Clock

    private static let clockCure =
        "set the clock (chrony, systemd-timesyncd): AWS refuses 5 minutes"

    private func clock(_ response: AWSResponse, _ before: Timestamp) -> Finding? {
        guard let date = response.header("date").flatMap(Timestamp.init(httpDate:)) else {
            return nil
        }
        let middle = before + (tools.now() - before) / 2
        let skew = middle - date
        let seconds = skew.components.seconds
        let text = "this clock is \(abs(seconds)) s \(seconds < 0 ? "behind" : "ahead")"
        switch abs(seconds) {
        case 0...2: return Finding("clock", .ok, "agrees with AWS")
        case 3..<60: return Finding("clock", .ok, text)
        case 60..<240:
            return Finding("clock", .warning, text, cure: AWSExamination.clockCure)
        default: return Finding("clock", .problem, text, cure: AWSExamination.clockCure)
        }
    }
}

// MARK: - Permissions

extension AWSExamination {
    private func permissions(of arn: String, at place: AWSClient.Place) async -> [Finding] {
        let needs = doctor.needs.filter { AWSExamination.withoutEndpoint($0.place) == place }
        let functions = needs.filter { $0.permission == "lambda:InvokeFunction" }
        var findings: [Finding] = []
        var asked: Set<String> = []
        for need in functions {
            guard let function = need.function, asked.insert(function).inserted else { continue }
            findings.append(await dryRun(function, need))
        }
        let others = needs.filter { $0.permission != "lambda:InvokeFunction" }
        if !others.isEmpty { findings += await simulated(others, arn, place) }
        return findings
    }

    /// Lambda itself says whether a function is there and may be invoked; nothing runs.
    private func dryRun(_ function: String, _ need: PermissionNeed) async -> Finding {
        var call = AWSCall(
            .lambda, "Invoke",
            .rest(
                "POST",
                path: "/2015-03-31/functions/\(PercentEncoding.encode(function))/invocations",
                query: nil, headers: [HTTPHeader("X-Amz-Invocation-Type", "DryRun")],
                body: Array("{}".utf8)))
        call.mayRepeat = true
        switch await tools.aws.call(call, at: need.place, timeout: Doctor.timeout) {
        case .success:
            return Finding("permission", .ok, "\(need.action): function \(function) may be invoked")
        case .failure(let failure):
            switch failure.outcome {
            case .failed(.denied, _, _): return denied(need)
            case .failed(.notFound, _, _):
                return Finding(
                    "reach", .problem, "\(need.action): there is no function \(function)",
                    cure:
                        "nothing would be triggered: deploy it, or correct `function` and `region` of the binding"
                )
            default:
                return Finding(
                    "reach", .warning, "\(need.action): function \(function): \(failure.message)",
                    cure: "Lambda could not be asked; ask again")
            }
        }
    }

    private func denied(_ need: PermissionNeed) -> Finding {
        let environment = doctor.environment.name
        return Finding(
            "permission", .problem,
            "\(need.action): \(need.permission) on \(need.resource) is not allowed",
            cure:
                "add the statement that `belay iam --env \(environment)` prints for \(need.action)")
    }

    /// IAM's policy simulator answers for the others, if we may ask it.
    private func simulated(
        _ needs: [PermissionNeed], _ arn: String, _ place: AWSClient.Place
    ) async -> [Finding] {
        guard let source = AWSExamination.principal(arn) else {
            return [
                Finding("permission", .warning, "the permissions of \(arn) cannot be asked for")
            ]
        }
        var findings: [Finding] = []
        var decisions: [String: Bool] = [:]
        for need in needs {
            let key = "\(need.permission) \(need.resource)"
            if decisions[key] == nil {
                switch await decision(need, source, place) {
                case .success(let isAllowed): decisions[key] = isAllowed
                case .failure(let failure): return findings + [unasked(failure, source)]
                }
            }
            findings.append(
                decisions[key] == true
                    ? Finding("permission", .ok, "\(need.action): \(need.permission)")
                    : denied(need))
        }
        return findings
    }

    private func decision(
        _ need: PermissionNeed, _ source: String, _ place: AWSClient.Place
    ) async -> Result<Bool, AWSFailure> {
        // The simulator wants one resource, not a pattern of a secret's six characters.
        let resource = need.resource.replacingAll("-??????", with: "-AbCdEf")
        var call = AWSCall(
            .iam, "SimulatePrincipalPolicy",
            .form([
                ("PolicySourceArn", source), ("ActionNames.member.1", need.permission),
                ("ResourceArns.member.1", resource),
            ]))
        call.mayRepeat = true
        return await tools.aws.call(call, at: place, timeout: Doctor.timeout).map { response in
            let results = response.xml?.first("EvaluationResults")?.all("member") ?? []
            return !results.isEmpty
                && results.allSatisfy { $0.text("EvalDecision")?.lowercased() == "allowed" }
        }
    }

    private func unasked(_ failure: AWSFailure, _ source: String) -> Finding {
        let environment = doctor.environment.name
        return Finding(
            "permission", .warning, "permissions could not be asked for: \(failure.message)",
            cure: "allow iam:SimulatePrincipalPolicy on \(source), or compare its policies with "
                + "`belay iam --env \(environment)`")
    }

    /// The user, or the role behind a session; the account's root has no policies to ask for.
    private static func principal(_ arn: String) -> String? {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
            .map(String.init)
        guard parts.count == 6 else { return nil }
        let name = parts[5].split(separator: "/").map(String.init)
        if parts[2] == "sts", name.count >= 2, name[0] == "assumed-role" {
            return "arn:\(parts[1]):iam::\(parts[4]):role/\(name[1])"
        }
        return parts[2] == "iam" && parts[5] != "root" ? arn : nil
    }
}

extension Timestamp {
    /// A date as HTTP writes it: `Tue, 24 Nov 2026 22:07:51 GMT`.
    init?(httpDate text: String) {
        let parts = text.split(separator: " ").map(String.init)
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: parts[2])
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        self.init(rfc3339: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
    }
}
