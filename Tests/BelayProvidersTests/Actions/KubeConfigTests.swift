import BelayCompiler
import BelayEngine
import Cryptography
import Foundation
import JSON
import Testing

@testable import BelayProviders

/// A kubeconfig leads where `kubectl` would go, by TLS to a stand-in made from the API's public contract; what cannot be
/// done as the file says is refused.
@Suite struct KubeConfigTests {
    private static let token = "kube-token-7f3a"

    /// A stand-in and a folder with what leads to it.
    private struct Stand {
        let peer: Peer
        let authority: TestAuthority
        let folder: URL

        init() async throws {
            let authority = try TestAuthority()
            self.authority = authority
            folder = try Fixtures.temporaryFolder()
            peer = try await Peer.start(
                "python3",
                [
                    Fixtures.path("servers/kubernetes.py"), "{port}", authority.certificate,
                    authority.key, authority.authority, KubeConfigTests.token,
                ])
        }

        func write(_ name: String, _ text: String) throws -> String {
            let url = folder.appending(path: name)
            try text.write(to: url, atomically: true, encoding: .utf8)
            return url.path(percentEncoded: false)
        }

        /// A whole file of one cluster, context and user.
        func config(
            user: String, cluster: String? = nil, context: String = "", name: String = "config"
        ) throws -> String {
            let trust =
                try cluster ?? "certificate-authority-data: \(data(authority.authority))"
            return try write(
                name,
                """
                apiVersion: v1
                kind: Config
                preferences: {}
                current-context: work
                clusters:
                - name: here
                  cluster:
                    server: https://127.0.0.1:\(peer.port)
                    \(trust)
                contexts:
                - {name: work, context: {cluster: here, user: me\(context)}}
                users:
                - name: me
                  user:
                    \(user)
                """)
        }

        func data(_ file: String) throws -> String {
            Base64.encode([UInt8](try Data(contentsOf: URL(filePath: file))))
        }
    }

    private func perform(
        _ operation: String, _ settings: JSONObject, _ inputs: JSONObject = [:],
        variables: [String: String] = [:]
    ) async -> ActionOutcome {
        var all: JSONObject = ["name": "api"]
        for member in inputs { all[member.name] = member.value }
        return await KubernetesAction(tools: TestCall.tools(variables: variables)).perform(
            TestCall.request(
                "kubernetes.\(operation)", operation: operation, inputs: all, settings: settings,
                recovery: .idempotent))
    }

    @Test func everyWayInIsTaken() async throws {
        let stand = try await Stand()
        let authority = stand.authority
        _ = try stand.write("token", Self.token + "\n")
        let users = [
            "token: \(Self.token)", "tokenFile: token", "tokenFile: token\n    token: old",
            "client-certificate-data: \(try stand.data(authority.clientCertificate))\n"
                + "    client-key-data: \(try stand.data(authority.clientKey))",
            "client-certificate: \(authority.clientCertificate)\n"
                + "    client-key: \(authority.clientKey)",
        ]
        for user in users {
            let path = try stand.config(user: user)
            let read = await perform("read", ["kubeconfig": .string(path)])
            #expect(read.output?["ready"] == 2, "\(user): \(read)")
        }
        try FileManager.default.copyItem(
            atPath: authority.authority,
            toPath: stand.folder.appending(path: "ca.pem").path(percentEncoded: false))
        for trust in ["certificate-authority: ca.pem", "insecure-skip-tls-verify: true"] {
            let path = try stand.config(user: users[0], cluster: trust)
            let scaled = await perform("scale", ["kubeconfig": .string(path)], ["replicas": 7])
            #expect(scaled.shape == "ok", "\(trust): \(scaled)")
        }
    }

    @Test func theContextsNamespaceIsTheStandard() async throws {
        let stand = try await Stand()
        let path = try stand.config(user: "token: \(Self.token)", context: ", namespace: shop")
        let settings: JSONObject = ["kubeconfig": .string(path)]
        #expect(await perform("scale", settings, ["replicas": 9]).shape == "ok")
        let own = await perform("read", settings)
        #expect(own.output?["desired"] == 9)
        let other = await perform("read", settings, ["namespace": "default"])
        #expect(other.output?["desired"] == 2)
    }

    @Test func theFilesOfTheVariableAreMergedAndTheContextChosen() async throws {
        let stand = try await Stand()
        let first = try stand.config(user: "token: \(Self.token)")
        let second = try stand.write(
            "second",
            """
            current-context: other
            contexts:
            - {name: other, context: {cluster: here, user: stranger}}
            users:
            - {name: me, user: {token: never-used}}
            - {name: stranger, user: {token: wrong}}
            """)
        let variables = ["KUBECONFIG": "/nonexistent:\(first):\(second)", "HOME": "/nonexistent"]
        let work = await perform("read", ["context": "work"], variables: variables)
        #expect(work.shape == "ok", "\(work)")
        // The server says again what it was told; a token of a file is a secret all the same.
        let stranger = await perform("read", ["context": "other"], variables: variables)
        #expect(stranger.shape == "failed(denied)")
        #expect(!stranger.text.contains("wrong") && stranger.text.contains("KUBERNETES_TOKEN"))
        let unknown = await perform("read", ["context": "none"], variables: variables)
        #expect(unknown.shape == "failed(invalid)")
        #expect(unknown.text.contains("known: other, work"))
    }

    @Test(arguments: [
        ("exec: {command: aws, args: [eks, get-token]}", "", "program (exec), which is not run"),
        ("auth-provider: {name: gcp}", "", "auth-provider"),
        ("username: ann\n    password: hunter2", "", "password"),
        ("token: t\n    as: root", "", "acts as somebody else"),
        ("client-certificate-data: eA==", "", "alone"),
        ("client-certificate-data: '%'\n    client-key-data: eA==", "", "is no base64"),
        ("tokenFile: missing", "", "cannot be read"),
        ("token: t", "proxy-url: http://127.0.0.1:1", "asks for a proxy"),
        ("token: t", "tls-server-name: x", "another name"),
        (
            "token: t", "insecure-skip-tls-verify: true\n    certificate-authority-data: eA==",
            "certificate-authority and insecure"
        ),
    ])
    func whatIsNotDoneIsSaid(_ user: String, _ cluster: String, _ words: String) async throws {
        let folder = try Fixtures.temporaryFolder()
        let path = folder.appending(path: "config").path(percentEncoded: false)
        let text = """
            current-context: work
            clusters:
            - name: here
              cluster:
                server: https://127.0.0.1:1
                \(cluster)
            contexts: [{name: work, context: {cluster: here, user: me}}]
            users:
            - name: me
              user:
                \(user)
            """
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let outcome = await perform("read", ["kubeconfig": .string(path)])
        #expect(outcome.text.contains(words), "\(outcome)")
        #expect(["failed(invalid)", "failed(not_found)"].contains(outcome.shape))
        #expect(!outcome.text.contains("hunter2"))
    }

    @Test func damagedFilesAndMixedSettingsAreRefused() async throws {
        let folder = try Fixtures.temporaryFolder()
        let path = folder.appending(path: "config").path(percentEncoded: false)
        let cases: [(String, JSONObject, String)] = [
            ("token: [hunter2", ["kubeconfig": .string(path)], "is no YAML map"),
            ("a: 1", ["kubeconfig": .string(path)], "no current-context"),
            ("current-context: x", ["kubeconfig": .string(path)], "no context 'x'"),
            ("a: 1", ["kubeconfig": "/nonexistent/config"], "cannot be read"),
            (
                "a: 1", ["kubeconfig": .string(path), "server": "https://127.0.0.1:1"],
                "'server' is set"
            ),
            ("a: 1", ["kubeconfig": .string(path), "token": "hunter2"], "'token' is set"),
            ("a: 1", [:], "no 'server', 'kubeconfig' or 'context'"),
        ]
        for (text, settings, words) in cases {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let outcome = await perform("read", settings)
            #expect(outcome.text.contains(words), "\(outcome)")
            #expect(!outcome.text.contains("hunter2"))
        }
    }

    @Test func aPodUsesItsOwnAccount() async throws {
        let folder = try Fixtures.temporaryFolder()
        for (name, text) in [("token", "pod-token\n"), ("namespace", "shop"), ("ca.crt", "x")] {
            try text.write(
                to: folder.appending(path: name), atomically: true, encoding: .utf8)
        }
        let account = folder.path(percentEncoded: false)
        let tools = TestCall.tools(variables: [
            "KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443",
        ])
        let cluster = try KubernetesCluster([:], tools, account: account)
        #expect(cluster.server.text == "https://[fd00::1]/")
        #expect(cluster.namespace == "shop")
        #expect(cluster.tls.authorityFile == "\(account)/ca.crt")
        let message = cluster.message(KubernetesVerb("GET", "/api"))
        #expect(message.headers.contains(HTTPHeader("Authorization", "Bearer pod-token")))
        #expect(!"\(cluster.secrets.redact("Bearer pod-token"))".contains("pod-token"))
    }

    /// `doctor` goes the same way, as far as a connection with TLS.
    @Test func doctorReachesTheClusterOfAKubeconfig() async throws {
        let stand = try await Stand()
        let operation = try #require(KubernetesAction.contract.operation("read"))
        func findings(_ path: String) async -> [Finding] {
            let call = SurveyedCall(
                action: "kubernetes.read",
                binding: Binding(
                    action: "kubernetes.read", provider: "kubernetes", operation: operation,
                    settings: [], recovery: .pure, maxInFlight: 1),
                target: nil, settings: SealedObject(plain: ["kubeconfig": .string(path)]),
                inputs: [:])
            let peer = BelayProviders.Peer(call, SecretVault(values: [:]))
            return await peer?.findings(TestCall.tools()) ?? []
        }
        let good = await findings(try stand.config(user: "token: \(Self.token)"))
        #expect(good.map(\.status) == [.ok], "\(good)")
        #expect(good.first?.message.contains("127.0.0.1:\(stand.peer.port)") == true)
        let plugin = await findings(try stand.config(user: "exec: {command: aws}"))
        #expect(plugin.map(\.status) == [.problem])
        #expect(plugin.first?.message.contains("which is not run") == true, "\(plugin)")
        let stranger = await findings(
            try stand.config(user: "token: t", cluster: "certificate-authority-data:"))
        #expect(stranger.map(\.status) == [.problem], "\(stranger)")
    }
}
