import BelayEngine
import Testing

/// The variable that sets failpoints, as tests write it.
@Suite struct FailpointTests {
    @Test func anUnsetVariableSetsNothing() throws {
        #expect(try !Failpoints(variable: nil).areSet)
        #expect(try Failpoints(variable: "effect.after=kill@3,timer.fire=wait:5").areSet)
    }

    @Test(arguments: [
        "effect.afterr=kill", "effect.after", "effect.after=kill@0", "effect.after=kill@x",
        "effect.after=wait", "effect.after=wait:x", "effect.after=die", "=kill",
    ])
    func whatCannotBeReadIsAnError(_ text: String) {
        #expect(throws: FailpointError.self) { try Failpoints(variable: text) }
    }

    @Test func theNthHitWaits() throws {
        let points = try Failpoints(variable: "timer.fire=wait:80@2")
        func time(_ point: Failpoint) -> Duration {
            ContinuousClock().measure { points.pass(point) }
        }
        #expect(time(.timerFire) < .milliseconds(60))
        #expect(time(.effectAfter) < .milliseconds(60))
        #expect(time(.timerFire) >= .milliseconds(80))
        #expect(time(.timerFire) < .milliseconds(60))
    }

    @Test func everyNameIsTheDesigns() {
        #expect(Failpoint.allCases.count == 15)
        #expect(Failpoint.allCases.allSatisfy { $0.rawValue.split(separator: ".").count == 2 })
    }
}
