/// The files that `belay init` writes.
enum Starter {
    static let files: [(path: String, text: String)] = [
        ("runbooks/cache.yaml", runbook), ("runbooks/cache.test.yaml", test),
        ("runbooks/environments/production.yaml", environment),
        ("runbooks/environments/simulated.yaml", simulated),
        ("runbooks/incidents/pressure.json", incident),
        (".github/workflows/runbooks.yaml", workflow),
    ]

    private static let runbook = """
        apiVersion: belay/v1
        kind: Runbook
        metadata: {name: cache, owner: team-platform, description: Redis under memory pressure}
        rules:
          - id: cache-memory-pressure
            description: Redis is close to its memory limit
            match:
              priority: [critical, high]
              type: [{prefix: cache_memory}, RedisMemoryHigh]
            cooldown: {for: 15m}
            until:
              uses: metrics.query
              with: {query: redis_memory_percent}
              expect: result.value < 80.0
            steps:
              - {id: clear, uses: clear_cache, with: {scope: expired}}
              - {id: restart, uses: restart_service}
              - {id: human, uses: notify_human}
          - id: everything-else
            description: No rule knows this incident, so a person does
            catch_all: true
            steps:
              - {id: human, uses: notify_human}

        """

    private static let test = """
        apiVersion: belay/v1
        kind: RunbookTest
        metadata: {name: cache}
        clock: 2026-03-01T02:00:00Z
        incidents:
          pressure: {type: cache_memory_pressure, priority: critical, target: cache}
          unknown: {type: SomethingElse, priority: low, target: web}
        mocks:
          notify_human: {return: {id: "1"}}
        cases:
          - name: clearing is enough
            incident: pressure
            mocks:
              clear_cache: {return: {freed: 2048}}
              metrics.query: [{return: {value: 92}}, {return: {value: 71}}]
            expect:
              rule: cache-memory-pressure
              steps: {clear: ok, restart: skipped, human: skipped}
              outcome: resolved
          - name: nothing helps, a person is called
            incident: pressure
            mocks:
              clear_cache: {return: {freed: 0}}
              restart_service: {return: {target: cache}}
              metrics.query: {return: {value: 92}}
            expect:
              rule: cache-memory-pressure
              steps: {clear: ok, restart: ok, human: ok}
              outcome: failed
              reason: not_recovered
          - name: what no rule knows reaches a person
            incident: unknown
            expect: {rule: everything-else, steps: {human: ok}, outcome: succeeded}

        """

    private static let environment = """
        apiVersion: belay/v1
        kind: Environment
        metadata: {name: production, owner: team-platform}
        # observe: decide, plan and record, but call nothing; then suggest; then auto.
        mode: observe
        bind:
          clear_cache: {provider: redis, host: "${{ env.REDIS_HOST }}", port: 6379}
          restart_service:
            provider: exec
            command: [/usr/local/bin/restart-service, "${{ resource.unit }}"]
            recovery: idempotent      # restarting twice is restarting once
          notify_human: {provider: log}
          metrics.query:
            provider: exec
            command: [/usr/local/bin/query-metric, "${{ inputs.query }}"]
            output: json
            recovery: pure            # it only asks
        targets:
          cache: {unit: redis-server}
        env: [REDIS_HOST]
        limits: {max_runs: {count: 20, per: 10m}, max_targets: {count: 5, per: 10m}}

        """

    private static let simulated = """
        apiVersion: belay/v1
        kind: Environment
        metadata: {name: simulated, owner: team-platform}
        # Nothing is called; what is not bound here is answered with nothing.
        mode: auto
        bind:
          metrics.query: {provider: simulated, output: {value: 71}}

        """

    private static let incident = """
        {
          "id": "INC-1",
          "fingerprint": "cache-memory",
          "status": "firing",
          "priority": "critical",
          "type": "cache_memory_pressure",
          "title": "Redis is close to its memory limit",
          "target": "cache",
          "source": "example",
          "started_at": "2026-03-01T02:00:00Z",
          "received_at": "2026-03-01T02:00:05Z"
        }

        """

    private static let workflow = """
        name: runbooks
        on: [pull_request]
        jobs:
          check:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
              - run: belay check --format github
              - run: belay test

        """
}
