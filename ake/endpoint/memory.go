package endpoint

// What is remembered of exchanges that are over, so that a datagram that comes again gets
// the same answer: bounded for each peer, and in bytes for all of them together.

// recordSize is what a request or message costs beside its bytes.
const recordSize = 256

func (r *received) size() int { return recordSize + len(r.plain) + len(r.answer) }

func (s *sent) size() int { return recordSize + len(s.plain) + len(s.protected) }

func (p *Peer) receivedChanged(r *received, came bool) {
	r.known = came
	if came {
		p.remember(r.size())
		return
	}
	p.remember(-r.size())
	r.plain, r.answer = nil, nil
}

func (p *Peer) sentChanged(s *sent, came bool) {
	if came {
		p.remember(s.size())
	} else {
		p.remember(-s.size())
	}
}

// keep keeps the answer to a request, in the place of the oldest one if there are many.
func (p *Peer) keep(r *received, plain, answer []byte, most int) {
	p.answer(r, plain, answer)
	if p.kept = append(p.kept, r); len(p.kept) > most {
		p.answer(p.kept[0], nil, nil)
		p.kept = p.kept[1:]
	}
}

// answer notes the answer to a request.
func (p *Peer) answer(r *received, plain, answer []byte) {
	if !r.known {
		return
	}
	before := r.size()
	r.plain, r.answer = plain, answer
	p.remember(r.size() - before)
}

// remember counts bytes, and makes room if there are too many.
func (p *Peer) remember(bytes int) {
	e := p.endpoint
	if p.gone {
		return
	}
	p.memory += bytes
	e.memory += bytes
	for bytes > 0 && e.memory > e.config.Limits.Memory {
		if !e.greediest(p).oldestGoes() {
			return // all of it is under way, and bounded by Exchanges
		}
	}
}

// greediest is the peer that has to make room: the one that wants some, if it has more than
// its share, or the one that has most.
func (e *Endpoint) greediest(p *Peer) *Peer {
	if p.over()*e.idle.Len() > e.memory {
		return p
	}
	for element := e.idle.Front(); element != nil; element = element.Next() {
		if other := element.Value.(*Peer); other.over() > p.over() {
			p = other
		}
	}
	return p
}

// over is how many of the bytes are of exchanges that are over.
func (p *Peer) over() int { return p.memory - p.received.held*recordSize }

// oldestGoes forgets the older half of what is remembered of a peer, but for what is under way.
func (p *Peer) oldestGoes() bool {
	before := p.memory
	for p.memory > before/2 {
		id, until, ok := p.received.oldest()
		sentID, sentUntil, sentOK := p.sent.oldest()
		switch {
		case ok && (!sentOK || until.Before(sentUntil)):
			p.received.delete(id)
		case sentOK:
			p.sent.delete(sentID)
		default:
			return p.memory < before
		}
	}
	return true
}
