/// Values that hold where a runbook is silent (language, section 4).
package enum Standards {
    package static let askEvery: Duration = .seconds(15)
    package static let askWithin: Duration = .seconds(120)
    package static let signalWithin: Duration = .seconds(600)
    package static let maxItems = 10
    package static let approvalTimeout: Duration = .seconds(1800)
    package static let deadline: Duration = .seconds(3600)
    package static let maxInFlight = 16
    package static let againLimit = 1
    package static let anchorsEvery: Duration = .seconds(3600)
    package static let anchorsAtMostEvery: Duration = .seconds(60)
}
