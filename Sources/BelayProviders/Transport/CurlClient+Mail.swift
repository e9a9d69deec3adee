import CCurl

/// A message and how it is handed to a mail server.
package struct MailRequest: Sendable {
    /// `smtp://host:587` or `smtps://host:465`.
    package var server: WebAddress
    package var addresses: [String] = []
    package var sender: String
    package var recipients: [String]
    /// Headers and body with CRLF line ends.
    package var message: [UInt8]
    package var user: String?
    package var password: String?
    /// A server that offers no STARTTLS is refused.
    package var requiresTLS = true
    package var tls = TLSSettings()
    package var timeout: Duration = .seconds(30)

    package init(server: WebAddress, sender: String, recipients: [String], message: [UInt8]) {
        self.server = server
        self.sender = sender
        self.recipients = recipients
        self.message = message
    }
}

extension MailRequest {
    /// Hands the message over; returns once the server has taken it.
    ///
    /// On a thread of its own: libcurl says farewell to a mail server with a wait, which on the common thread
    /// would hold back every other request.
    package func send() async throws(TransferFailure) {
        let client = CurlClient()
        defer { client.shutDown() }
        let mail = self
        let address = mail.addresses.first
        let response = try await client.transfer(
            timeout: mail.timeout, outputLimit: TransportBounds.output
        ) { handle, transfer in
            handle.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
            handle.set(CURLOPT_URL, mail.server.text)
            handle.set(CURLOPT_CONNECTTIMEOUT_MS, 5_000)
            handle.set(CURLOPT_FRESH_CONNECT, 1)
            handle.set(tls: mail.tls)
            if let address { handle.set(address: address, port: mail.server.port) }
            if mail.requiresTLS { handle.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
            if let user = mail.user, let password = mail.password {
                handle.set(CURLOPT_USERNAME, user)
                handle.set(CURLOPT_PASSWORD, password)
            }
            handle.set(CURLOPT_MAIL_FROM, "<\(mail.sender)>")
            handle.set(CURLOPT_MAIL_RCPT, lines: mail.recipients.map { "<\($0)>" })
            transfer.setUpload(mail.message, on: handle)
        }
        if response.status >= 400 {
            let message = "the mail server answered \(response.status)"
            throw TransferFailure(.refused, sent: false, message)
        }
    }
}
