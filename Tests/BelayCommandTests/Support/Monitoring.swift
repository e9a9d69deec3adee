import Foundation
import Glibc

/// A real Prometheus and a real Alertmanager that watch a service which a test can break, all on the loopback.
final class Monitoring: Sendable {
    private let folder: Folder
    private let lives: [Pipe]
    private let programs: [RunningProgram]

    /// The programs of Debian's packages `prometheus` and `prometheus-alertmanager`; nil if they are not installed.
    static let programs: (prometheus: String, alertmanager: String)? = {
        func find(_ names: String...) -> String? {
            let search = (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/bin:/usr/sbin"
            let places = search.split(separator: ":").flatMap { place in
                names.map { "\(place)/\($0)" }
            }
            return places.first { FileManager.default.isExecutableFile(atPath: $0) }
        }
        guard let prometheus = find("prometheus"),
            let alertmanager = find("prometheus-alertmanager", "alertmanager")
        else { return nil }
        return (prometheus, alertmanager)
    }()

    /// Begins to watch; alerts go to `address` with the token in a file. The service is broken by `broken` in `place`.
    init(of place: Folder, to address: String, tokenFile: String) throws {
        guard let programs = Self.programs else { throw Missing() }
        folder = try Folder()
        let (shop, shopLife, shopPort) = try Self.shop(place)
        let (webPort, alertPort) = (try Self.freePort(), try Self.freePort())
        try folder.write(
            Self.prometheus(shop: shopPort, alertmanager: alertPort), to: "prometheus.yaml")
        try folder.write(Self.rules, to: "rules.yaml")
        try folder.write(
            Self.alertmanager(address: address, tokenFile: tokenFile), to: "alertmanager.yaml")
        let (alertmanager, alertLife) = try Self.keep(
            """
            '\(programs.alertmanager)' --config.file='\(folder.path)/alertmanager.yaml' \
            --storage.path='\(folder.path)/alerts' --web.listen-address=127.0.0.1:\(alertPort) \
            --cluster.listen-address= --log.level=error
            """, log: folder.url("alertmanager.log"))
        let (prometheus, webLife) = try Self.keep(
            """
            '\(programs.prometheus)' --config.file='\(folder.path)/prometheus.yaml' \
            --storage.tsdb.path='\(folder.path)/data' --web.listen-address=127.0.0.1:\(webPort) \
            --rules.alert.resend-delay=1s --log.level=error
            """, log: folder.url("prometheus.log"))
        lives = [shopLife, alertLife, webLife]
        self.programs = [shop, alertmanager, prometheus]
    }

    deinit { for life in lives { try? life.fileHandleForWriting.close() } }

    /// What they complained of.
    var log: String {
        ["alertmanager.log", "prometheus.log"].map { (try? folder.text($0)) ?? "" }.joined()
    }

    // MARK: Programs

    private static func shop(_ place: Folder) throws -> (RunningProgram, Pipe, Int) {
        let (life, output, process) = (Pipe(), Pipe(), Process())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", Repository.fixtures.appending(path: "servers/shop.py").path, place.path,
        ]
        process.standardInput = life
        process.standardOutput = output
        let program = try RunningProgram(process)
        let text = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw Missing()
        }
        return (program, life, port)
    }

    /// A program that ends when this process closes the pipe, or ends in any way.
    private static func keep(_ command: String, log: URL) throws -> (RunningProgram, Pipe) {
        let (life, process) = (Pipe(), Process())
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = [
            "-c", "\(command) & server=$!\ncat >/dev/null; kill -9 $server; wait $server",
        ]
        try Data().write(to: log)
        let errors = try FileHandle(forWritingTo: log)
        process.standardInput = life
        process.standardOutput = errors
        process.standardError = errors
        return (try RunningProgram(process), life)
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard bound else { throw Missing() }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    // MARK: Settings

    private static func prometheus(shop: Int, alertmanager: Int) -> String {
        """
        global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
        rule_files: [rules.yaml]
        scrape_configs:
          - job_name: shop
            static_configs: [{targets: ["127.0.0.1:\(shop)"]}]
        alerting:
          alertmanagers:
            - static_configs: [{targets: ["127.0.0.1:\(alertmanager)"]}]
        """
    }

    private static let rules = """
        groups:
          - name: shop
            rules:
              - alert: ShopUnhealthy
                expr: shop_healthy == 0
                labels: {severity: critical, belay_target: shop}
                annotations: {summary: The shop does not sell}
        """

    private static func alertmanager(address: String, tokenFile: String) -> String {
        """
        global: {resolve_timeout: 5m}
        route: {receiver: belay, group_by: [alertname], group_wait: 1s, group_interval: 1s, repeat_interval: 1h}
        receivers:
          - name: belay
            webhook_configs:
              - url: http://\(address)/v1/sources/alertmanager
                send_resolved: true
                http_config:
                  authorization: {type: Bearer, credentials_file: '\(tokenFile)'}
        """
    }

    /// A program is not there or does not start.
    struct Missing: Error, CustomStringConvertible {
        let description =
            "prometheus, prometheus-alertmanager or python3 is missing; `scripts/setup --tests` installs them"
    }
}
