package import BelayCompiler
package import BelayEngine
import Cryptography
import JSON

/// Sends e-mail by SMTP, with STARTTLS or TLS from the start unless a binding says otherwise.
package struct EmailAction: ActionProvider {
    package static let contract = ProviderContract(
        "email", description: "Sends e-mail by SMTP.",
        settings: [
            InputContract(
                "server", .string, required: true,
                description: "`smtp://HOST:587` (STARTTLS) or `smtps://HOST:465`."),
            InputContract("from", .string, required: true, description: "The sender's address."),
            InputContract("user", .string, description: "For servers that want a log-in."),
            InputContract("password", .string, description: "A secret."),
            InputContract(
                "starttls", .boolean, description: "False allows a server without encryption."),
            InputContract("ca_file", .string, description: "PEM file of the authorities to trust."),
        ],
        operations: [
            OperationContract(
                "send",
                action: ActionContract(
                    "email.send", description: "Send a message.", effect: .notify, recovery: .once,
                    inputs: [
                        InputContract(
                            "to", .list, required: true, description: "Addresses; never empty."),
                        InputContract(
                            "subject", .string, description: "Default: priority and incident."),
                        InputContract(
                            "message", .string, description: "Default: the incident in words."),
                    ],
                    outputs: [
                        OutputContract("id", .string, description: "The message's identifier.")
                    ],
                    timeout: .seconds(30)),
                serves: ["notify_human"])
        ])

    private let tools: ProviderTools
    package var contract: ProviderContract { Self.contract }

    package init(tools: ProviderTools) { self.tools = tools }

    package func perform(_ request: ActionRequest) async -> ActionOutcome {
        await request.carriedOut(at: tools.now()) { call throws(Refusal) in
            let (mail, id) = try EmailAction.mail(call)
            do throws(TransferFailure) {
                var mail = mail
                var policy = HostPolicy()
                policy.trusted = [mail.server.authority]
                mail.addresses = try await tools.http.judged(
                    mail.server, policy, within: call.timeLeft, connect: .seconds(5))
                mail.timeout = call.timeLeft
                try await mail.send()
                return .succeeded(["id": .string(id)])
            } catch {
                return error.outcome
            }
        }
    }

    private static func mail(_ call: ActionCall) throws(Refusal) -> (MailRequest, String) {
        let server: WebAddress
        do throws(WebAddressError) {
            server = try WebAddress(call.settings["server"]?.stringValue ?? "")
            guard server.scheme.hasPrefix("smtp") else {
                throw WebAddressError("the scheme is not smtp or smtps")
            }
        } catch {
            throw .invalid("'server': \(error.message)")
        }
        let sender = try address(try call.required("from"))
        var recipients: [String] = []
        for text in try call.texts("to") ?? [] { recipients.append(try address(text)) }
        if recipients.isEmpty { throw .invalid("'to' is empty: nobody would be told") }
        let domain = sender.split(separator: "@").last.map(String.init) ?? "localhost"
        let id = "<\(call.request.idempotencyKey.prefix(32))@\(domain)>"
        let text = MailText(call, from: sender, to: recipients, id: id)
        var mail = MailRequest(
            server: server, sender: sender, recipients: recipients, message: text.bytes)
        mail.user = call.text("user")
        mail.password = call.text("password")
        mail.requiresTLS = call.value("starttls") == nil ? true : try call.flag("starttls")
        mail.tls = HTTPSettings.tls(call)
        return (mail, id)
    }

    /// One plain address: what could end the SMTP command or begin another is refused.
    private static func address(_ text: String) throws(Refusal) -> String {
        let isBad = { (byte: UInt8) in
            byte <= 0x20 || byte >= 0x7f || "<>\"(),;:\\".utf8.contains(byte)
        }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), !text.utf8.contains(where: isBad)
        else {
            throw .invalid("'\(text)' is no plain e-mail address")
        }
        return text
    }
}

/// A message in its wire form: the headers in ASCII, the text as base64 of UTF-8.
private struct MailText {
    let bytes: [UInt8]

    init(_ call: ActionCall, from sender: String, to recipients: [String], id: String) {
        let notice = Notice(call)
        let lines = [
            "From: <\(sender)>", "To: " + recipients.map { "<\($0)>" }.joined(separator: ", "),
            "Subject: \(MailText.encodedWord(notice.subject))", "Date: \(MailText.date(call.now))",
            "Message-ID: \(id)", "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "",
        ]
        let text = Array(Base64.encode(Array(notice.message.utf8)).utf8)
        var body: [UInt8] = []
        for start in stride(from: 0, to: text.count, by: 76) {
            body += text[start..<min(start + 76, text.count)] + [13, 10]
        }
        bytes = Array((lines.joined(separator: "\r\n") + "\r\n").utf8) + body
    }

    /// RFC 2047 words of at most 45 bytes each; a line break in the text is no line break in the header.
    private static func encodedWord(_ text: String) -> String {
        var words: [String] = []
        var part: [UInt8] = []
        for character in text {
            let next = Array(String(character).utf8)
            if part.count + next.count > 42, !part.isEmpty {
                words.append("=?utf-8?B?\(Base64.encode(part))?=")
                part = []
            }
            part += next
        }
        words.append("=?utf-8?B?\(Base64.encode(part))?=")
        return words.joined(separator: "\r\n ")
    }

    /// RFC 5322, in UTC.
    private static func date(_ time: Timestamp) -> String {
        let seconds = time.microseconds / 1_000_000
        let days = Int(seconds / 86_400)
        let date = CivilDate(daysSince1970: days)
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let clock = String(time.rfc3339.utf8.dropFirst(11).prefix(8)) ?? ""
        return
            "\(weekdays[days % 7]), \(date.day) \(months[date.month - 1]) \(date.year) \(clock) +0000"
    }
}
