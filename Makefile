# `make help` lists what there is. The two that matter: `make demo` and `make test`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PATH := $(CURDIR)/node_modules/.bin:$(PATH)
export PATH
# Node 24 comes from the `node` npm package, so the machine's own version does not matter.
NODE := node_modules/.bin/node
TSX := $(NODE) --import tsx
DEPS := node_modules/.installed

.PHONY: help
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-zA-Z0-9_-]+:.*## / {printf "  \033[1m%-16s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# `npm ci` insists on lock entries for every platform's optional binaries, which not every registry serves; `npm install`
# with the committed lock installs the same versions and leaves out what this platform does not need (docs/adr/0001).
$(DEPS): package.json package-lock.json
	@echo "installing npm packages …" >&2
	@npm install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: tools
tools: ## build etcd, Kubernetes, kwok, CometBFT and Prometheus from Go modules (once)
	@hack/tools/build.sh >/dev/null

.PHONY: node-tools
node-tools:
	@hack/node/install.sh
	@hack/tools/build.sh node coredns >/dev/null

.PHONY: demo
demo: $(DEPS) tools $(if $(REAL),node-tools) ## the whole story on real parts; KEEP=1 leaves it up, REAL=1 runs real containers (root)
	@$(TSX) hack/demo/main.ts $(if $(KEEP),--keep,) $(if $(REAL),--real,)

.PHONY: demo-down
demo-down: $(DEPS) ## end a demo that was kept
	@$(TSX) hack/demo/down.ts

.PHONY: cluster
cluster: $(DEPS) tools ## a local cluster with simulated GPU nodes, left running; NODES=file for other machines
	@$(TSX) hack/cluster-up.ts $(if $(NODES),--nodes $(NODES),)

.PHONY: cluster-down
cluster-down: $(DEPS) ## end the cluster of `make cluster`
	@$(TSX) hack/cluster-down.ts

.PHONY: test
test: verify test-unit test-peers ## lint, types, unit, property, golden, contract, integration, end to end

.PHONY: verify
verify: $(DEPS) ## format, lint, types, generated files
	@echo "── format, lint, types, generated files" >&2
	@npm run -s format:check
	@npm run -s typecheck
	@npm run -s lint
	@npm run -s generate:check

.PHONY: test-unit
test-unit: $(DEPS) tools ## unit, property and golden tests: no network, seconds
	@echo "── unit, property and golden tests" >&2
	@npm run -s test:unit

.PHONY: test-peers
test-peers: $(DEPS) tools ## contract, integration and end-to-end tests on a real control plane and chain engine
	@echo "── contract, integration and end-to-end tests on real peers" >&2
	@npm run -s test:peers

.PHONY: test-node
test-node: $(DEPS) tools node-tools ## the whole lease with real containers: kubelet, containerd, device plugin (root, Debian)
	@echo "── a lease on a real node" >&2
	@npm run -s test:node

.PHONY: test-scheduler
test-scheduler: $(DEPS) tools ## what we bid on binds, what binds we do not refuse: random clusters on a real scheduler (CASES=500, SEED=…)
	@CASES=$(or $(CASES),500) SEED=$(or $(SEED),$$(date +%s)) npm run -s jest -- --selectProjects peers --testPathPatterns integration/scheduler

.PHONY: test-drills
test-drills: $(DEPS) tools ## everything between Berth and the chain fails in turn: orders missed, wrongful closes, time to heal
	@echo "── fault drills" >&2
	@hack/tools/build.sh toxiproxy >/dev/null
	@npm run -s test:drills

.PHONY: test-image
test-image: $(DEPS) tools ## Berth's packed image through one order: operator, gateway, devnet and a proxy as containers (root, Debian)
	@echo "── the image, as containers" >&2
	@hack/release/install.sh
	@hack/tools/build.sh toxiproxy >/dev/null
	@npm run -s test:image

.PHONY: test-helm
test-helm: $(DEPS) tools node-tools ## `helm install` on a real node: an order, upgrade, rollback, dead and hung leaders, uninstall (root, Debian)
	@echo "── the chart, installed" >&2
	@npm run -s test:helm

.PHONY: lint fmt generate
lint: $(DEPS) ## eslint, with the import arrows
	@npm run -s lint
fmt: $(DEPS) ## format everything
	@npm run -s format
generate: $(DEPS) ## write the generated files (CRDs, types, dashboard)
	@npm run -s generate

.PHONY: bench-decide
bench-decide: $(DEPS) ## decisions per second
	@$(TSX) bench/decide.ts

.PHONY: bench-history
bench-history: $(DEPS) ## what keeping decisions costs: time on the hot path, bytes in the cluster
	@$(TSX) bench/history.ts

.PHONY: bench-backtest
bench-backtest: $(DEPS) ## orders replayed per second
	@$(TSX) bench/backtest.ts

.PHONY: bench-cold-orders
bench-cold-orders: $(DEPS) ## 10,000 open orders at a cold start, without chain and cluster
	@$(TSX) bench/cold-orders.ts

.PHONY: bench-bids
bench-bids: $(DEPS) tools ## from order to bid: bursts, a cold start, 500 leases, delays (PART="bursts cold leases delays")
	@$(TSX) bench/bids.ts $(PART)

.PHONY: bench-devnet
bench-devnet: $(DEPS) ## how long the devnet takes to check one transaction
	@$(TSX) bench/devnet-checktx.ts

.PHONY: image
image: $(DEPS) ## Berth's own image, packed from Debian packages and a bundle, as .run/release/berth.tar
	@$(TSX) hack/release/main.ts

.PHONY: bench-placement
bench-placement: $(DEPS) ## placement policies on the openb trace (OPENB=folder), or on a cluster of its shape
	@$(TSX) bench/placement.ts

.PHONY: bench-inventory
bench-inventory: $(DEPS) ## 1,000 nodes, 8,000 GPUs, 10,000 pods: recount, freshness, placement, memory (SOAK_SECONDS=1200, SOAK_SVG=file)
	@$(NODE) --expose-gc --max-semi-space-size=4 --heap-growing-percent=20 --import tsx bench/inventory.ts

.PHONY: clean
clean: ## remove build output and run directories (not the tool cache)
	@rm -rf dist .run coverage node_modules/.cache
