package import BelayCompiler
package import Cryptography
import Glibc

/// Canonical record bytes scanned in place, in one pass that knows the order of the members: what it accepts is
/// canonical by construction, so nothing need be written again to compare, and nothing is copied.
///
/// It gives up (`nil`) at the first thing that is not so, an escape or a byte beyond ASCII included; the careful
/// reader then decides and finds words for it. It must not outlive the bytes.
package struct RecordView {
    /// Where a text stands; absent ones have a negative count.
    struct Text {
        var start: Int32 = 0
        var count: Int32 = -1
        var isPresent: Bool { count >= 0 }
    }

    private let bytes: UnsafeBufferPointer<UInt8>

    private var actorText = Text()
    private var bootText = Text()
    private var causedByText = Text()
    private var errorClass = Text()
    private var errorCode = Text()
    private var idText = Text()
    private var idemText = Text()
    private var incidentText = Text()
    private var logText = Text()
    private var nodeText = Text()
    private var outcomeText = Text()
    private var providerText = Text()
    private var reasonText = Text()
    private var ruleText = Text()
    private var runText = Text()
    private var runbookName = Text()
    private var stepText = Text()
    private var attempt: Int?
    private var epoch: Int?
    private var item: Int?
    private var program: Digest?
    private var target: Digest?
    private var others: [(name: Text, hash: Digest)] = []
    package private(set) var at = Timestamp(microseconds: 0)
    package private(set) var kind = RecordKind.logStarted
    package private(set) var input: Digest?
    package private(set) var output: Digest?
    package private(set) var prev: Digest?

    /// `nil` if the bytes are not plainly a canonical record.
    package init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        var cursor = CanonicalCursor(bytes)
        guard scan(&cursor), cursor.isAtEnd else { return nil }
    }

    private mutating func scan(_ cursor: inout CanonicalCursor) -> Bool {
        guard cursor.take("{\"actor\":"), cursor.string(&actorText), isActor(actorText),
            cursor.take(",\"at\":"), cursor.time(&at)
        else { return false }
        guard cursor.integer(",\"attempt\":", &attempt), cursor.take(",\"boot\":"),
            cursor.string(&bootText),
            cursor.text(",\"caused_by\":", &causedByText), cursor.integer(",\"epoch\":", &epoch),
            scanError(&cursor),
            cursor.take(",\"id\":"), cursor.string(&idText), cursor.text(",\"idem\":", &idemText),
            cursor.text(",\"incident\":", &incidentText), cursor.digest(",\"input\":", &input),
            cursor.integer(",\"item\":", &item), cursor.take(",\"kind\":"), scanKind(&cursor),
            cursor.take(",\"log\":"),
            cursor.string(&logText), cursor.take(",\"node\":"), cursor.string(&nodeText)
        else { return false }
        guard cursor.text(",\"outcome\":", &outcomeText), cursor.digest(",\"output\":", &output),
            scanOthers(&cursor),
            cursor.digest(",\"prev\":", &prev), cursor.text(",\"provider\":", &providerText),
            cursor.text(",\"reason\":", &reasonText), cursor.text(",\"rule\":", &ruleText),
            cursor.text(",\"run\":", &runText), scanRunbook(&cursor),
            cursor.text(",\"step\":", &stepText),
            cursor.digest(",\"target\":", &target)
        else { return false }
        var version: Int?
        return cursor.integer(",\"v\":", &version) && version == JournalRecord.version
            && cursor.take("}")
    }

    // MARK: What a verifier asks, without a copy

    package var id: UnsafeBufferPointer<UInt8> { slice(idText) }

    /// Of the run, else the incident, else the boot: the name of the record's chain.
    package var chain: UnsafeBufferPointer<UInt8> {
        slice(runText.isPresent ? runText : incidentText.isPresent ? incidentText : bootText)
    }

    package var hasRun: Bool { runText.isPresent }

    package var commitmentCount: Int {
        (input == nil ? 0 : 1) + (output == nil ? 0 : 1) + others.count
    }

    /// The commitment to the payload of that name.
    package func commitment(_ name: UnsafeBufferPointer<UInt8>) -> Digest? {
        if name.elementsEqual("input".utf8) { return input }
        if name.elementsEqual("output".utf8) { return output }
        return others.first { slice($0.name).elementsEqual(name) }?.hash
    }

    /// The record with texts of its own.
    package var record: JournalRecord {
        var commitments = others.map { Commitment(name: string($0.name), hash: $0.hash) }
        if let input { commitments.append(Commitment(name: "input", hash: input)) }
        if let output { commitments.append(Commitment(name: "output", hash: output)) }
        guard let actor = RecordActor(string(actorText)) else {
            preconditionFailure("a scanned actor can be read")
        }
        return JournalRecord(
            id: string(idText), log: string(logText), at: at, node: string(nodeText),
            boot: string(bootText), kind: kind, actor: actor, incident: optional(incidentText),
            run: optional(runText), step: optional(stepText), item: item, attempt: attempt,
            epoch: epoch,
            runbook: program.map { RunbookReference(name: string(runbookName), program: $0) },
            rule: optional(ruleText), provider: optional(providerText), target: target,
            idem: optional(idemText), outcome: optional(outcomeText),
            error: errorClass.isPresent
                ? RecordError(class: string(errorClass), code: optional(errorCode)) : nil,
            reason: optional(reasonText), causedBy: optional(causedByText),
            commitments: commitments.count > 1 ? commitments.sortedByName() : commitments,
            prev: prev)
    }

    private func slice(_ text: Text) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(
            start: bytes.baseAddress.map { $0 + Int(text.start) }, count: Int(max(0, text.count)))
    }

    private func string(_ text: Text) -> String { String(decoding: slice(text), as: UTF8.self) }

    private func optional(_ text: Text) -> String? { text.isPresent ? string(text) : nil }
}

// MARK: - Parts

extension RecordView {
    private mutating func scanError(_ cursor: inout CanonicalCursor) -> Bool {
        guard cursor.take(",\"error\":") else { return true }
        return cursor.take("{\"class\":") && cursor.string(&errorClass)
            && cursor.text(",\"code\":", &errorCode)
            && cursor.take("}")
    }

    private mutating func scanRunbook(_ cursor: inout CanonicalCursor) -> Bool {
        guard cursor.take(",\"runbook\":") else { return true }
        guard cursor.take("{\"name\":"), cursor.string(&runbookName) else { return false }
        return cursor.digest(",\"sha256\":", &program) && program != nil && cursor.take("}")
    }

    private mutating func scanOthers(_ cursor: inout CanonicalCursor) -> Bool {
        guard cursor.take(",\"payloads\":") else { return true }
        guard cursor.take("{") else { return false }
        repeat {
            var name = Text()
            guard cursor.string(&name), cursor.take(":"), let hash = cursor.digest(), isNext(name)
            else { return false }
            others.append((name, hash))
        } while cursor.take(",")
        return cursor.take("}")
    }

    /// Names are ASCII here, so their bytes are in the order of their UTF-16 units.
    private func isNext(_ name: Text) -> Bool {
        let units = slice(name)
        guard !units.elementsEqual("input".utf8), !units.elementsEqual("output".utf8) else {
            return false
        }
        guard let last = others.last else { return true }
        return slice(last.name).lexicographicallyPrecedes(units)
    }

    private mutating func scanKind(_ cursor: inout CanonicalCursor) -> Bool {
        var text = Text()
        guard cursor.string(&text) else { return false }
        let units = slice(text)
        guard units.count < Self.kinds.count, let base = units.baseAddress else { return false }
        for (name, kind) in Self.kinds[units.count]
        where memcmp(base, name, units.count) == 0 {
            self.kind = kind
            return true
        }
        return false
    }

    /// The kinds by the length of their names.
    private static let kinds: [[(name: [UInt8], kind: RecordKind)]] = {
        var table: [[(name: [UInt8], kind: RecordKind)]] = []
        for kind in RecordKind.allCases {
            let name = Array(kind.rawValue.utf8)
            while table.count <= name.count { table.append([]) }
            table[name.count].append((name, kind))
        }
        return table
    }()

    private func isActor(_ text: Text) -> Bool {
        let kind = slice(text).prefix { $0 != UInt8(ascii: ":") }
        return RecordActor.Kind.allCases.contains { $0.rawValue.utf8.elementsEqual(kind) }
    }
}
