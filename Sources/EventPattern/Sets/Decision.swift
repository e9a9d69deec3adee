/// An answer that is right whenever it is given.
public enum Decision: Sendable, Hashable {
    case yes
    case no
    case undecided
}
