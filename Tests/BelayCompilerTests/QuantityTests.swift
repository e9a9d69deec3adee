import BelayCompiler
import Testing

struct QuantityTests {
    @Test(arguments: [
        ("250ms", 250), ("30s", 30_000), ("15m", 900_000), ("2h", 7_200_000), ("1h30m", 5_400_000),
        ("7d", 604_800_000), ("0s", 0), ("1d1ms", 86_400_001), ("3650d", 315_360_000_000),
    ])
    func durations(_ text: String, _ milliseconds: Int) {
        #expect(DurationText.parse(text) == .success(.milliseconds(milliseconds)))
    }

    @Test(arguments: [
        "", "s", "1x", "1.5h", "-1s", "30m1h", "1h1h", "1 h", "1H", "3651d",
        "99999999999999999999s",
        "3650d1ms", "1m30",
    ])
    func noDurations(_ text: String) {
        #expect(DurationText.parse(text) == .failure(.malformed))
    }

    @Test func aNumberAloneLacksItsUnit() {
        #expect(DurationText.parse("30") == .failure(.noUnit))
        #expect(SizeText.parse("64") == .failure(.noUnit))
    }

    @Test(arguments: [("64KiB", 65_536), ("1MiB", 1_048_576), ("5MB", 5_000_000), ("0B", 0)])
    func sizes(_ text: String, _ bytes: Int64) {
        #expect(SizeText.parse(text) == .success(bytes))
    }

    @Test(arguments: ["KiB", "1kib", "1.5MiB", "9999999999TiB", "-1B"])
    func noSizes(_ text: String) {
        #expect(SizeText.parse(text) == .failure(.malformed))
    }
}
