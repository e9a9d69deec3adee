extension Window {
    package func isOpen(at now: Timestamp) -> Bool { fatalError() }
}
