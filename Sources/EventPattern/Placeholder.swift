public struct EventPattern: Sendable {}
public struct Matcher: Sendable {}
