import JSON

extension StoreError: CustomStringConvertible {
    /// For people: what happened, lower case, without full stop.
    package var description: String {
        switch self {
        case .leaseLost(let run): "another process took over run \(run)"
        case .decided(let incident): "incident \(incident) was decided meanwhile"
        case .grown: "somebody wrote to the journal meanwhile"
        case .targetHeld(let target, let run): "target \(target) is held by run \(run)"
        case .notWaiting(let run): "run \(run) does not wait for that"
        case .notFound(let what): "there is no \(what)"
        case .exists(let id): "\(id) exists already"
        case .notFinal(let run): "run \(run) has not ended"
        case .full: "the disk is full"
        case .inUse(let holder): "the journal is in use\(Self.by(holder))"
        case .forked(let why): "the journal is not what was signed before: \(why)"
        case .newer(let version):
            "the journal has version \(version), which this program does not know"
        case .broken(let why): "the journal cannot be written: \(why)"
        case .damaged(let why): "the journal is damaged: \(why)"
        case .closed: "the journal is closed"
        }
    }

    /// What a person can do about it.
    package var help: String? {
        switch self {
        case .forked:
            "look at it with belay audit verify; if it is to go on, stop the daemon and belay store accept --by NAME"
        case .damaged: "belay audit verify"
        case .full: "make room; it goes on by itself"
        default: nil
        }
    }

    /// Who holds a journal, as its lock file says: ` by pid 4711 at 127.0.0.1:8421`; other words as they are.
    package static func by(_ holder: String) -> String {
        guard let lock = try? JSONParser.parse(holder), let pid = lock["pid"]?.integerValue else {
            return ": \(holder)"
        }
        return " by pid \(pid)" + (lock["address"]?.stringValue.map { " at \($0)" } ?? "")
    }
}
