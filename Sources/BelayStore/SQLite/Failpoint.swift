/// Called at named places so that tests can kill or fail there; does nothing otherwise.
package typealias Failpoint = @Sendable (_ name: String) -> Void
