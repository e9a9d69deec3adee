/// Collects the leaves of the fields that rules name from an event given as values.
struct ValueScanner {
    let nodes: PathLookup
    let scratch: MatchScratch

    func scan(_ event: EventValue) {
        scratch.texts.clear()
        if case .object(let members) = event { object(members, 0) }
    }

    private func object(_ members: [(key: String, value: EventValue)], _ node: Int) {
        for member in members {
            let child = nodes.child(of: node, member.key)
            if child != 0 { value(member.value, child) }
        }
    }

    private func value(_ value: EventValue, _ node: Int) {
        switch value {
        case .object(let members): object(members, node)
        case .array(let items): array(items, node)
        case .text(let text): add(.text, text, 0, node)
        case .null: add(.null, "", 0, node)
        case .bool(let flag): add(flag ? .yes : .no, "", 0, node)
        case .number(let number): add(number, node)
        }
    }

    private func array(_ items: [EventValue], _ node: Int) {
        guard nodes.view.nodes[node].fieldsBelow > 1 else {
            for item in items { value(item, node) }
            return
        }
        if !scratch.context.pointee.sharesArrays {
            scratch.context.pointee.sharesArrays = true
            for _ in 0..<scratch.context.pointee.leafCount { scratch.tree.addLeaf() }
        }
        let number = scratch.tree.enterArray()
        for item in items {
            if !item.isScalar { scratch.tree.enterElement(of: number) }
            value(item, node)
            if !item.isScalar { scratch.tree.leaveElement() }
        }
        scratch.tree.leaveArray(number)
    }

    private func add(_ number: EventNumber, _ node: Int) {
        let record = NumberRecord(number)
        if case .decimal(let negative, let digits, let exponent, _) = number {
            add(.decimal, "\(negative ? "-" : "")\(digits.text)e\(exponent)", record.bits, node)
        } else {
            add(record.kind, "", record.bits, node)
        }
    }

    private func add(_ kind: LeafKind, _ text: String, _ bits: UInt64, _ node: Int) {
        let field = nodes.view.nodes[node].field
        guard field >= 0 else { return }
        var text = text
        let (start, count) = text.withUTF8 { (scratch.texts.copy($0), $0.count) }
        LeafCollector(context: scratch.context, scratch: Unmanaged.passUnretained(scratch))
            .add(kind, UInt32(field), start, count, bits)
    }
}
